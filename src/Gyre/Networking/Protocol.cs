namespace Gyre;

/// <summary>What becomes of the bytes of a connection: a <see cref="Transport"/> calls it, it writes to the
/// transport.</summary>
/// <remarks>
/// <para>Loop thread only. Order: <see cref="ConnectionMade"/> once, then any number of
/// <see cref="DataReceived"/>, at the most one <see cref="EofReceived"/>, and last
/// <see cref="ConnectionLost"/>, once. <see cref="PauseWriting"/> and
/// <see cref="ResumeWriting"/> come in between, in turns, always in pairs.</para>
/// <para>An exception of <see cref="DataReceived"/> or <see cref="EofReceived"/> is reported to the loop's exception
/// handler and resets the connection. asyncio: <c>Protocol</c>.</para>
/// </remarks>
public abstract class Protocol
{
    /// <summary>The connection stands. asyncio: <c>connection_made</c>.</summary>
    /// <param name="transport">The connection. Keep it, to write to it.</param>
    public virtual void ConnectionMade(Transport transport)
    {
    }

    /// <summary>Bytes arrived. asyncio: <c>data_received</c>.</summary>
    /// <param name="data">At least one byte, in pieces that have nothing to do with how they were sent. Valid
    /// during the call only.</param>
    public virtual void DataReceived(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>The peer has ended its direction and sends nothing more. asyncio: <c>eof_received</c>.</summary>
    /// <returns>True to keep the connection open for writing; false, the default, to close it.</returns>
    public virtual bool EofReceived() => false;

    /// <summary>The connection is over; the transport closes the socket after this call. asyncio:
    /// <c>connection_lost</c>.</summary>
    /// <param name="error">Why, or null when it was closed or aborted from this side, or after the end of the
    /// input.</param>
    public virtual void ConnectionLost(Exception? error)
    {
    }

    /// <summary>The transport holds more unsent bytes than its high-water mark: stop writing. asyncio:
    /// <c>pause_writing</c>.</summary>
    /// <remarks>Called from inside <c>Transport.Write</c>.</remarks>
    public virtual void PauseWriting()
    {
    }

    /// <summary>The unsent bytes are down to the low-water mark: go on writing. asyncio:
    /// <c>resume_writing</c>.</summary>
    public virtual void ResumeWriting()
    {
    }
}

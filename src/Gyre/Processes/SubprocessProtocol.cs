namespace Gyre;

/// <summary>What becomes of a child process: a <see cref="SubprocessTransport"/> calls it.</summary>
/// <remarks>
/// <para>Loop thread only. Order: <see cref="ConnectionMade"/> once; then, for each pipe, any number of
/// <see cref="PipeDataReceived"/> and one <see cref="PipeConnectionLost"/>, and <see cref="ProcessExited"/> once at any
/// point between them: a child may close its output and go on, or end while a child of its own still writes. Last comes
/// <see cref="ConnectionLost"/>, once, when the process has ended and all pipes are closed.</para>
/// <para>asyncio: <c>SubprocessProtocol</c>.</para>
/// </remarks>
public abstract class SubprocessProtocol
{
    /// <summary>The process runs, and its pipes are connected. asyncio: <c>connection_made</c>.</summary>
    /// <param name="transport">The process. Keep it, to write to its input and to end it.</param>
    public virtual void ConnectionMade(SubprocessTransport transport)
    {
    }

    /// <summary>The process wrote to a pipe. asyncio: <c>pipe_data_received</c>.</summary>
    /// <param name="descriptor">The number of the pipe in the child: 1 is its standard output, 2 its standard
    /// error.</param>
    /// <param name="data">At least one byte, in pieces that have nothing to do with how they were written. Valid during
    /// the call only.</param>
    public virtual void PipeDataReceived(int descriptor, ReadOnlySpan<byte> data)
    {
    }

    /// <summary>A pipe is closed. asyncio: <c>pipe_connection_lost</c>.</summary>
    /// <param name="descriptor">The number of the pipe in the child: 0 is its standard input.</param>
    /// <param name="error">Why, or null when it was closed from this side, or the child has closed it.</param>
    public virtual void PipeConnectionLost(int descriptor, Exception? error)
    {
    }

    /// <summary>The process has ended; <see cref="SubprocessTransport.ExitCode"/> says how. asyncio:
    /// <c>process_exited</c>.</summary>
    public virtual void ProcessExited()
    {
    }

    /// <summary>The process has ended and all its pipes are closed. asyncio: <c>connection_lost</c>.</summary>
    /// <param name="error">What went wrong on the way, or null.</param>
    public virtual void ConnectionLost(Exception? error)
    {
    }

    /// <summary>The child's input holds more unsent bytes than its high-water mark: stop writing. asyncio:
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

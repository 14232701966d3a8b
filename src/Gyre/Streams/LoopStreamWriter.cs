using System.Diagnostics;
using System.Net;
using System.Text;

namespace Gyre;

/// <summary>The output of a connection.</summary>
/// <remarks>
/// <para>Loop thread only. Made by <c>Aio.OpenConnection</c> and <c>Aio.StartServer</c>. Writing never waits;
/// await <see cref="DrainAsync"/> after it, or nothing limits how much is kept in memory. asyncio:
/// <c>LoopStreamWriter</c>.</para>
/// <para>Close it. A connection whose reader and writer were dropped open is closed when the garbage collector
/// finds it,
/// and reported through <see cref="RuntimeWarnings"/>.</para>
/// </remarks>
[DebuggerDisplay("{Transport}")]
public sealed partial class LoopStreamWriter
{
    private static readonly WorkItem s_closeDropped = new CloseItem();

    private readonly LoopStreamReader _reader;

    internal LoopStreamWriter(Transport transport, StreamProtocol protocol, LoopStreamReader reader)
    {
        Transport = transport;
        Protocol = protocol;
        _reader = reader;
        reader.Writer = this;
    }

    /// <summary>Closes a connection that nobody holds any more.</summary>
    ~LoopStreamWriter()
    {
        // The rest is for the loop's thread. A closed loop has closed its sockets.
        if (!Transport.IsClosing)
        {
            Transport.Loop.TryPostThreadSafe(s_closeDropped, Transport, null);
        }
    }

    /// <summary>The transport below; another one after <see
    /// cref="StartTlsAsync(System.Net.Security.SslClientAuthenticationOptions, StartTlsOptions?)"/>. asyncio:
    /// <c>transport</c>.</summary>
    public Transport Transport { get; private set; }

    /// <summary>The address of this end, or null when it is not known.</summary>
    public EndPoint? LocalEndPoint => Transport.LocalEndPoint;

    /// <summary>The address of the other end, or null when it is not known.</summary>
    public EndPoint? RemoteEndPoint => Transport.RemoteEndPoint;

    /// <summary>Whether the connection is closed or on its way there. asyncio: <c>is_closing</c>.</summary>
    public bool IsClosing => Transport.IsClosing;

    /// <summary>Whether <see cref="WriteEof"/> is possible. asyncio: <c>can_write_eof</c>.</summary>
    public bool CanWriteEof => Transport.CanWriteEof;

    internal StreamProtocol Protocol { get; }

    /// <inheritdoc cref="Transport.Write(ReadOnlySpan{byte})"/>
    public void Write(ReadOnlySpan<byte> data) => Transport.Write(data);

    /// <inheritdoc cref="Transport.Write(ReadOnlySpan{byte})"/>
    public void Write(ReadOnlyMemory<byte> data) => Transport.Write(data.Span);

    /// <summary>Sends text as UTF-8, without waiting.</summary>
    /// <inheritdoc cref="Transport.Write(ReadOnlySpan{byte})"/>
    /// <param name="text">The text. No newline is added.</param>
    public void WriteText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const int OnStackMax = 512;
        Span<byte> small = stackalloc byte[OnStackMax];
        Transport.Write(Encoding.UTF8.TryGetBytes(text, small, out int count)
            ? small[..count]
            : Encoding.UTF8.GetBytes(text));
    }

    /// <inheritdoc cref="Transport.WriteLines"/>
    public void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces) => Transport.WriteLines(pieces);

    /// <inheritdoc cref="Transport.WriteEof"/>
    public void WriteEof() => Transport.WriteEof();

    /// <summary>Waits until the unsent bytes are down to the low-water mark, if they are above the high one.
    /// asyncio: <c>drain</c>.</summary>
    /// <remarks>Returns at once when there is no need to wait. Any number of coroutines may wait. On cancel: what
    /// was written
    /// is still sent.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The connection is lost.</exception>
    public Coroutine DrainAsync() =>
        Protocol.IsWritable && !IsClosing && _reader.Exception is null ? default : DrainSlowlyAsync();

    /// <summary>Closes the connection after what was written has been sent. The reader ends. asyncio:
    /// <c>close</c>.</summary>
    public void Close()
    {
        GC.SuppressFinalize(this);
        Transport.Close();
    }

    /// <summary>Resets the connection and drops what is unsent.</summary>
    public void Abort()
    {
        GC.SuppressFinalize(this);
        Transport.Abort();
    }

    /// <summary>Waits until the connection is closed, and what was written is with the system. asyncio:
    /// <c>wait_closed</c>.</summary>
    /// <remarks>Does not close it. On cancel: nothing changes.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">The connection was lost before everything was
    /// sent.</exception>
    public Coroutine WaitClosedAsync() => Protocol.WaitClosedAsync();

    /// <inheritdoc/>
    public override string ToString() => $"stream writer of {Transport}";

    private async Coroutine DrainSlowlyAsync()
    {
        _reader.ThrowIfFailed();
        if (IsClosing)
        {
            // Lets ConnectionLost run, if it is queued: a loop of writes and drains must end when the connection does.
            await new YieldAwaitable(Transport.Loop);
        }

        await Protocol.DrainAsync();
    }

    private sealed class CloseItem : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            var transport = (Transport)first!;
            if (!transport.IsClosing)
            {
                RuntimeWarnings.Raise($"{transport} was dropped open; close its writer");
                transport.Close();
            }
        }
    }
}

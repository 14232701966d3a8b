using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre;

/// <summary>A connection as its <see cref="Protocol"/> sees it: it takes bytes without waiting, and calls the
/// protocol with those that arrive.</summary>
/// <remarks>Loop thread only. Made by <c>loop.CreateConnection</c> and by a <see cref="Server"/>. asyncio:
/// <c>Transport</c>.</remarks>
public abstract class Transport
{
    private protected Transport(EventLoop loop) => Loop = loop;

    /// <summary>The loop that the connection belongs to.</summary>
    public EventLoop Loop { get; }

    /// <summary>The protocol that is called. May be replaced at any time; the new one is not told that the connection
    /// stands. asyncio: <c>get_protocol</c>, <c>set_protocol</c>.</summary>
    public abstract Protocol Protocol { get; set; }

    /// <summary>Whether the connection is closed or on its way there. asyncio: <c>is_closing</c>.</summary>
    public abstract bool IsClosing { get; }

    /// <summary>Whether input is being received. asyncio: <c>is_reading</c>.</summary>
    public abstract bool IsReading { get; }

    /// <summary>Whether <see cref="WriteEof"/> is possible. asyncio: <c>can_write_eof</c>.</summary>
    public abstract bool CanWriteEof { get; }

    /// <summary>How many bytes wait to be taken by the system. asyncio: <c>get_write_buffer_size</c>.</summary>
    public abstract long WriteBufferSize { get; }

    /// <summary>The marks that <see cref="SetWriteBufferLimits"/> set, in bytes. asyncio:
    /// <c>get_write_buffer_limits</c>.</summary>
    public abstract (int Low, int High) WriteBufferLimits { get; }

    /// <summary>The address of this end, or null when it is not known. asyncio: extra info <c>sockname</c>.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The address of the other end, or null when it is not known. asyncio: extra info
    /// <c>peername</c>.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>The socket, for its options; null when there is none, or it is closed. Do not send, receive, or close
    /// through it. asyncio: extra info <c>socket</c>.</summary>
    public abstract Socket? Socket { get; }

    /// <summary>The handle of the pipe; null when this is no pipe, or it is closed. Do not read, write, or close through it.
    /// asyncio: extra info <c>pipe</c>.</summary>
    public virtual SafeHandle? Pipe => null;

    /// <summary>What TLS knows of the connection, or null when it is not encrypted. asyncio: extra info
    /// <c>ssl_object</c>, <c>sslcontext</c>, <c>peercert</c>, <c>cipher</c>.</summary>
    public virtual TlsInfo? Tls => null;

    /// <summary>The transport that encrypts what goes through this one, once TLS was started over it.</summary>
    internal Transport? Upper { get; set; }

    /// <summary>The transport that a protocol sees: this one, or the last that TLS was started with over it.</summary>
    internal Transport Outermost
    {
        get
        {
            Transport top = this;
            while (top.Upper is { } upper)
            {
                top = upper;
            }

            return top;
        }
    }

    /// <summary>Sends what the transport on top of this one has encrypted.</summary>
    internal abstract void WriteFromUpper(ReadOnlySpan<byte> data);

    /// <summary>Refuses what would go out in the clear between the records of TLS.</summary>
    private protected void ThrowIfCovered()
    {
        if (Upper is not null)
        {
            throw new InvalidOperationException(
                "TLS was started over this transport. Write to the one that StartTls returned: here it would go out "
                + "in the clear.");
        }
    }

    /// <summary>Throws unless a file may be sent through this transport, as any other output.</summary>
    internal void CheckCanSendFile() => ThrowIfCovered();

    /// <summary>Whether the protocol has heard of the end of the input.</summary>
    internal abstract bool IsInputEnded { get; }

    /// <summary>Whether the protocol was told to pause writing, and not yet to resume.</summary>
    internal abstract bool IsWritingPaused { get; }

    /// <summary>Whether the connection was lost before everything that was written had gone out.</summary>
    internal abstract bool HasLostOutput { get; }

    /// <summary>Sends bytes, without waiting. asyncio: <c>write</c>.</summary>
    /// <param name="data">What the system does not take at once is copied: the memory is the caller's again.</param>
    /// <remarks>Bytes are sent in the order of the calls. On a connection that is closing or lost they are
    /// dropped. Watch
    /// <c>PauseWriting</c>: a writer that does not is limited by nothing but memory.</remarks>
    /// <exception cref="InvalidOperationException"><see cref="WriteEof"/> was called before, or TLS was started over
    /// this transport.</exception>
    public abstract void Write(ReadOnlySpan<byte> data);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public void Write(ReadOnlyMemory<byte> data) => Write(data.Span);

    /// <summary>Sends several pieces as one, with fewer system calls. asyncio: <c>writelines</c>.</summary>
    /// <param name="pieces">They are sent one after another, with nothing in between.</param>
    /// <remarks>As <see cref="Write(ReadOnlySpan{byte})"/>.</remarks>
    /// <exception cref="InvalidOperationException"><see cref="WriteEof"/> was called before.</exception>
    public abstract void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces);

    /// <summary>Ends this side's direction after what was written; input goes on. asyncio: <c>write_eof</c>.</summary>
    /// <remarks>Does nothing when it was called before, or the connection is closing.</remarks>
    /// <exception cref="NotSupportedException"><see cref="CanWriteEof"/> is false.</exception>
    public abstract void WriteEof();

    /// <summary>Closes the connection after what was written has been sent. Input stops at once. asyncio:
    /// <c>close</c>.</summary>
    /// <remarks>The protocol hears <c>ConnectionLost</c> with null, never from inside this call. A second call does
    /// nothing.</remarks>
    public abstract void Close();

    /// <summary>Resets the connection: drops unsent bytes, and the peer gets an error. asyncio: <c>abort</c>.</summary>
    /// <remarks>The protocol hears <c>ConnectionLost</c> with null, never from inside this call.</remarks>
    public abstract void Abort();

    /// <summary>Stops receiving; the peer is slowed down by the system. asyncio: <c>pause_reading</c>.</summary>
    /// <remarks>Nothing is lost. Does nothing when it was called before, or the connection is closing.</remarks>
    public abstract void PauseReading();

    /// <summary>Receives again. asyncio: <c>resume_reading</c>.</summary>
    /// <remarks>Does nothing when nothing was paused, or the connection is closing.</remarks>
    public abstract void ResumeReading();

    /// <summary>Sets when the protocol is told to pause and to resume writing. asyncio:
    /// <c>set_write_buffer_limits</c>.</summary>
    /// <param name="high">The protocol is paused above this many unsent bytes. When null: four times
    /// <paramref name="low"/>, or 64 KiB. Zero pauses it while anything is unsent.</param>
    /// <param name="low">It is resumed at this many. When null: a quarter of <paramref name="high"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not: high ≥ low ≥ 0.</exception>
    public abstract void SetWriteBufferLimits(int? high = null, int? low = null);
}

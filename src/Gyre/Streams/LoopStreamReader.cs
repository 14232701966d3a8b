using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Gyre;

/// <summary>The input of a connection: bytes that arrived, to be read by one coroutine at a time.</summary>
/// <remarks>
/// <para>Loop thread only. Made by <c>Aio.OpenConnection</c> and <c>Aio.StartServer</c>, or by hand and filled with
/// <see cref="FeedData"/>. asyncio: <c>StreamReader</c>.</para>
/// <para>Every read, on cancel: nothing is removed. After an error of the connection every read throws it, whatever
/// had arrived before.</para>
/// </remarks>
// Invariant: _paused only while there is a transport, and it was this reader that paused it.
// Invariant: _wait is set from BeginWait to EndWait: while somebody waits, or was woken and has not run yet.
[DebuggerDisplay("Buffered = {BufferedCount}, AtEof = {AtEof}, Limit = {Limit}")]
public sealed partial class LoopStreamReader
{
    /// <summary>The limit of readers that are not given one: 64 KiB.</summary>
    public const int DefaultLimit = 64 * 1024;

    private InputBuffer _buffer = new();
    private Transport? _transport;
    private WaitFuture? _wait;
    private WaitFuture? _ownWait;
    private ExceptionDispatchInfo? _error;
    private bool _paused;
    private bool _eof;

    /// <summary>Makes a reader that is filled by hand.</summary>
    /// <param name="limit">See <see cref="Limit"/>.</param>
    public LoopStreamReader(int limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Limit = limit;
    }

    /// <summary>The longest line, or piece up to a separator, in bytes, without the separator; at least 1. The
    /// connection
    /// is slowed down while more than twice as much is waiting to be read.</summary>
    public int Limit { get; }

    /// <summary>How many bytes have arrived and not been read.</summary>
    public int BufferedCount => _buffer.Count;

    /// <summary>Whether the input has ended and everything has been read. asyncio: <c>at_eof</c>.</summary>
    public bool AtEof => _eof && _buffer.Count == 0;

    /// <summary>The error that ended the input, or null. asyncio: <c>exception</c>.</summary>
    public Exception? Exception => _error?.SourceException;

    /// <summary>The writer of the same connection. A reader that is in use keeps it from being taken for
    /// dropped.</summary>
    internal LoopStreamWriter? Writer { get; set; }

    /// <summary>Adds bytes that arrived. asyncio: <c>feed_data</c>.</summary>
    /// <param name="data">They are copied.</param>
    /// <exception cref="InvalidOperationException"><see cref="FeedEof"/> was called before.</exception>
    public void FeedData(ReadOnlySpan<byte> data)
    {
        Append(data);
        if (!data.IsEmpty)
        {
            Wake();
        }
    }

    /// <summary>Says that no more bytes will come. asyncio: <c>feed_eof</c>.</summary>
    public void FeedEof()
    {
        _eof = true;
        Wake();
    }

    /// <summary>Ends the input with an error, which the waiting read and all later ones throw. asyncio:
    /// <c>set_exception</c>.</summary>
    public void SetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _error = ExceptionDispatchInfo.Capture(exception);
        Wake();
    }

    /// <inheritdoc/>
    public override string ToString() => $"stream reader ({_buffer.Count} bytes buffered{(_eof ? ", at its end" : "")})";

    /// <summary>Ties the reader to the transport that it slows down, and that is receiving.</summary>
    internal void SetTransport(Transport transport)
    {
        _transport = transport;
        _paused = false;
    }

    /// <summary>Removes everything that is there.</summary>
    internal byte[] TakeBuffered() => _buffer.Count == 0 ? [] : _buffer.Take(_buffer.Count);

    /// <summary>Reads what is there, without waiting. False when a wait is needed.</summary>
    /// <param name="destination">At least one byte.</param>
    /// <param name="count">How many bytes were read; 0 at the end.</param>
    internal bool TryRead(Span<byte> destination, out int count)
    {
        ThrowIfFailed();
        if (_buffer.Count == 0 && !_eof)
        {
            count = 0;
            return false;
        }

        count = Math.Min(destination.Length, _buffer.Count);
        _buffer.Span[..count].CopyTo(destination);
        Consume(count);
        return true;
    }

    /// <summary>Starts to wait until bytes, the end or an error arrive. <see cref="EndWait"/> must follow.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    /// <param name="wait">A pending future of the caller's, which is released then.</param>
    /// <param name="taker">Who may be given bytes in its own memory instead. Nothing is buffered then.</param>
    internal void BeginWait(WaitFuture wait, IInputTaker? taker = null)
    {
        if (_wait is not null)
        {
            throw new InvalidOperationException(
                "Another coroutine is waiting for input of this reader. Let one coroutine read, and hand on what it read.");
        }

        if (_paused)
        {
            // Whoever waits wants more than is there, however much that is.
            _paused = false;
            _transport!.ResumeReading();
        }

        _wait = wait;
        _taker = taker;
    }

    internal void EndWait()
    {
        _wait = null;
        _taker = null;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        if (_eof)
        {
            throw new InvalidOperationException("FeedEof was called: nothing comes after the end of the input.");
        }

        _buffer.Append(data);
        if (!_paused && _transport is not null && _buffer.Count > 2L * Limit)
        {
            _paused = true;
            _transport.PauseReading();
        }
    }

    private async Coroutine WaitForInputAsync()
    {
        WaitFuture wait = RentWait();
        BeginWait(wait);
        try
        {
            await wait;
        }
        finally
        {
            EndWait();
        }

        ThrowIfFailed();
    }

    private void Wake() => _wait?.Release();

    /// <summary>The reader's own future, for one wait after another.</summary>
    private WaitFuture RentWait()
    {
        if (_ownWait is null || _wait is not null)
        {
            _ownWait = new WaitFuture(EventLoop.Running);
        }
        else
        {
            _ownWait.Reset();
        }

        return _ownWait;
    }

    internal void ThrowIfFailed() => _error?.Throw();

    private void Consume(int count)
    {
        _buffer.Consume(count);
        MaybeResume();
    }

    private byte[] Take(int count)
    {
        byte[] taken = _buffer.Take(count);
        MaybeResume();
        return taken;
    }

    private void MaybeResume()
    {
        if (_paused && _buffer.Count <= Limit)
        {
            _paused = false;
            _transport!.ResumeReading();
        }
    }
}

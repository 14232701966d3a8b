using System.Threading.Tasks.Sources;

namespace Gyre;

/// <summary>The stream under an <see cref="System.Net.Security.SslStream"/>: the lower transport feeds it and
/// takes what it writes.</summary>
/// <remarks>
/// Loop thread only, as the transport is. What waits is completed from <see cref="Feed"/> and the like, on the
/// loop's thread, and
/// <c>SslStream</c> goes on there. It would not while the thread has a synchronisation context: tasks that were
/// awaited without one go to
/// the thread pool then. So the context is put aside for the moment.
/// </remarks>
internal sealed class CipherStream(Transport lower) : Stream, IValueTaskSource<int>, IValueTaskSource
{
    private const int RetainedCapacityMax = 64 * 1024;

    private byte[] _input = [];
    private int _start;
    private int _end;
    private bool _ended;
    private Exception? _error;

    // At most one read and one write wait: SslStream does not do two of a kind at once.
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _readInto;
    private int _readCount;
    private Exception? _readError;
    private bool _readWaits;
    private CancellationTokenRegistration _readCancellation;
    private ManualResetValueTaskSourceCore<bool> _write;
    private bool _writeWaits;
    private bool _outputPaused;

    /// <summary>Bytes that have been fed and not been read.</summary>
    public int Buffered => _end - _start;

    /// <summary>Whether the end of the input was not only fed but read: then nothing that came before it was the
    /// TLS end.</summary>
    public bool EndWasRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw NotSeekable();

    public override long Position
    {
        get => throw NotSeekable();
        set => throw NotSeekable();
    }

    /// <summary>Takes bytes from the lower transport.</summary>
    public void Feed(ReadOnlySpan<byte> data)
    {
        if (_readWaits && Buffered == 0)
        {
            int count = Math.Min(data.Length, _readInto.Length);
            data[..count].CopyTo(_readInto.Span);
            Append(data[count..]);
            CompleteRead(count);
            return;
        }

        Append(data);
    }

    /// <summary>The peer sends no more bytes.</summary>
    public void FeedEnd()
    {
        _ended = true;
        if (_readWaits)
        {
            EndWasRead = true;
            CompleteRead(0);
        }
    }

    /// <summary>The connection is gone: whatever waits, and whatever is asked later, fails.</summary>
    public void Break(Exception error)
    {
        _error ??= error;
        if (_readWaits)
        {
            FailRead(_error);
        }

        if (_writeWaits)
        {
            _writeWaits = false;
            WithoutContext.Call(static self => self.SignalWrite(), this);
        }
    }

    public void PauseOutput() => _outputPaused = true;

    public void ResumeOutput()
    {
        _outputPaused = false;
        if (_writeWaits)
        {
            _writeWaits = false;
            WithoutContext.Call(static self => self.SignalWrite(), this);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Buffered > 0)
        {
            return new ValueTask<int>(Take(buffer.Span));
        }

        if (_error is not null)
        {
            return ValueTask.FromException<int>(_error);
        }

        if (_ended)
        {
            EndWasRead = true;
            return new ValueTask<int>(0);
        }

        if (buffer.IsEmpty)
        {
            return new ValueTask<int>(0);
        }

        // Paused or not: whoever waits wants more than is there.
        lower.ResumeReading();
        _read.Reset();
        _readInto = buffer;
        _readWaits = true;
        _readCancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((CipherStream)state!).FailRead(new OperationCanceledException(token)), this);
        return new ValueTask<int>(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_error is not null)
        {
            return ValueTask.FromException(_error);
        }

        lower.WriteFromUpper(buffer.Span);
        if (!_outputPaused)
        {
            return default;
        }

        // The bytes are taken. The wait only slows the writer down.
        _write.Reset();
        _writeWaits = true;
        return new ValueTask(this, _write.Version);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw Blocking();

    public override void Write(byte[] buffer, int offset, int count) => lower.WriteFromUpper(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw NotSeekable();

    public override void SetLength(long value) => throw NotSeekable();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    private static NotSupportedException NotSeekable() => new("A connection cannot be searched.");

    private static NotSupportedException Blocking() => new("This stream belongs to a loop, which must not be blocked.");

    private void CompleteRead(int count)
    {
        _readWaits = false;
        _readInto = default;
        _readCancellation.Dispose();
        _readCount = count;
        WithoutContext.Call(static self => self.SignalRead(), this);
    }

    private void FailRead(Exception error)
    {
        if (_readWaits)
        {
            _readWaits = false;
            _readInto = default;
            _readError = error;
            WithoutContext.Call(static self => self.SignalRead(), this);
        }
    }

    private bool SignalRead()
    {
        if (_readError is { } error)
        {
            _readError = null;
            _read.SetException(error);
            return false;
        }

        _read.SetResult(_readCount);
        return true;
    }

    private bool SignalWrite()
    {
        if (_error is not null)
        {
            _write.SetException(_error);
            return false;
        }

        _write.SetResult(true);
        return true;
    }

    private int Take(Span<byte> into)
    {
        int count = Math.Min(Buffered, into.Length);
        _input.AsSpan(_start, count).CopyTo(into);
        _start += count;
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            if (_input.Length > RetainedCapacityMax)
            {
                _input = [];
            }
        }

        return count;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        if (_input.Length - _end < data.Length)
        {
            MakeRoom(data.Length);
        }

        data.CopyTo(_input.AsSpan(_end));
        _end += data.Length;
    }

    private void MakeRoom(int count)
    {
        int kept = Buffered;
        byte[] target = _input.Length - kept >= count ? _input : new byte[Math.Max(kept + count, 2 * _input.Length)];
        _input.AsSpan(_start, kept).CopyTo(target);
        (_input, _start, _end) = (target, 0, kept);
    }
}

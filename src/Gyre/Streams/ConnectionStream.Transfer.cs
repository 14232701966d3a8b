namespace Gyre;

public sealed partial class ConnectionStream
{
    /// <summary>Reads some bytes: what is there, at the most the buffer's length. Waits for the first.</summary>
    /// <param name="buffer">When it is empty, this waits until there is something to read, and returns 0.</param>
    /// <param name="cancellationToken">Ends the wait. Nothing is lost: the bytes are there for the next read.</param>
    /// <returns>How many bytes were read; 0 at the end of the input.</returns>
    /// <exception cref="InvalidOperationException">A read is under way.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : StartRead(buffer, cancellationToken, blocking: false);
    }

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Reads, and blocks the calling thread meanwhile. Not on the loop's thread.</summary>
    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    /// <exception cref="InvalidOperationException">This is the loop's thread, or a read is under way.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        ThrowIfDisposed();
        ThrowIfOnLoop("ReadAsync");
        return StartRead(buffer.AsMemory(offset, count), CancellationToken.None, blocking: true)
            .AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Writes bytes, and waits while the connection holds more unsent ones than its high-water mark.</summary>
    /// <param name="buffer">The memory is the caller's again when the call has ended.</param>
    /// <param name="cancellationToken">Ends the wait. What was given is sent all the same.</param>
    /// <exception cref="InvalidOperationException">A write is under way.</exception>
    /// <exception cref="IOException">The connection broke, or is closed.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : StartWrite(buffer, cancellationToken, blocking: false);
    }

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Writes, and blocks the calling thread meanwhile. Not on the loop's thread.</summary>
    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <exception cref="InvalidOperationException">This is the loop's thread, or a write is under way.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        ThrowIfDisposed();
        ThrowIfOnLoop("WriteAsync");
        StartWrite(buffer.AsMemory(offset, count), CancellationToken.None, blocking: true)
            .AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override IAsyncResult BeginRead(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    /// <inheritdoc/>
    public override IAsyncResult BeginWrite(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    /// <inheritdoc/>
    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    private ValueTask<int> StartRead(Memory<byte> buffer, CancellationToken token, bool blocking)
    {
        _read.Claim();
        _read.SetBuffer(buffer);
        return new ValueTask<int>(_read, _read.Submit(token, blocking));
    }

    private ValueTask StartWrite(ReadOnlyMemory<byte> data, CancellationToken token, bool blocking)
    {
        _write.Claim();
        _write.SetData(data);
        return new ValueTask(_write, _write.Submit(token, blocking));
    }

    private void ThrowIfOnLoop(string instead)
    {
        if (Loop.IsOnLoopThread)
        {
            throw new InvalidOperationException(
                "This call blocks its thread, and this is the thread of the connection's loop: it would wait for itself. "
                + $"Use {instead}, or call it from another thread.");
        }
    }
}

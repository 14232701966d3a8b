namespace Gyre;

/// <summary>The reads of a <see cref="ConnectionStream"/>.</summary>
internal sealed class ConnectionReadOperation(ConnectionStream stream) : ConnectionOperation(stream.Loop)
{
    private Memory<byte> _buffer;

    protected override string Verb => "read";

    /// <summary>What the claimed call reads into.</summary>
    public void SetBuffer(Memory<byte> buffer) => _buffer = buffer;

    private protected override bool TryRun(out int result)
    {
        stream.ThrowIfDisposed();
        try
        {
            LoopStreamReader reader = stream.Reader;
            if (!_buffer.IsEmpty)
            {
                return reader.TryRead(_buffer.Span, out result);
            }

            // A read of no bytes waits until there are some. BCL code does so before it rents a buffer.
            result = 0;
            reader.ThrowIfFailed();
            return reader.BufferedCount > 0 || reader.AtEof;
        }
        catch (Exception e) when (e is not (IOException or ObjectDisposedException))
        {
            throw new IOException($"Reading from the connection failed: {e.Message}", e);
        }
    }

    private protected override void BeginWait(WaitFuture wait) => stream.Reader.BeginWait(wait);

    private protected override void EndWait(WaitFuture wait) => stream.Reader.EndWait();

    private protected override void Clear() => _buffer = default;
}

namespace Gyre;

/// <summary>The reads of a <see cref="ConnectionStream"/>.</summary>
internal sealed class ConnectionReadOperation(ConnectionStream stream) : ConnectionOperation(stream.Loop), IInputTaker
{
    private Memory<byte> _buffer;
    private int _received;

    protected override string Verb => "read";

    public Memory<byte> Room => CanGoOnInTurn ? _buffer : default;

    /// <summary>What the claimed call reads into.</summary>
    public void SetBuffer(Memory<byte> buffer) => _buffer = buffer;

    public void Take(int count)
    {
        _received = count;
        GoOnInTurn();
    }

    private protected override bool TryRun(out int result)
    {
        if (_received > 0)
        {
            result = _received;
            return true;
        }

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

    private protected override void BeginWait(WaitFuture wait) => stream.Reader.BeginWait(wait, this);

    private protected override void EndWait(WaitFuture wait) => stream.Reader.EndWait();

    private protected override void Clear()
    {
        _buffer = default;
        _received = 0;
    }
}

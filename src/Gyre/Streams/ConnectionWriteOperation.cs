namespace Gyre;

/// <summary>The writes of a <see cref="ConnectionStream"/>.</summary>
internal sealed class ConnectionWriteOperation(ConnectionStream stream) : ConnectionOperation(stream.Loop)
{
    private ReadOnlyMemory<byte> _data;

    protected override string Verb => "write";

    /// <summary>What the claimed call writes.</summary>
    public void SetData(ReadOnlyMemory<byte> data) => _data = data;

    private protected override bool TryRun(out int result)
    {
        result = 0;
        stream.ThrowIfDisposed();
        try
        {
            StreamProtocol protocol = stream.Protocol;
            protocol.ThrowIfLost();
            if (!_data.IsEmpty)
            {
                if (stream.Transport.IsClosing)
                {
                    throw new IOException("The connection is closed. What is written to it now would be dropped.");
                }

                // The transport sends it or copies it: from here on only the wait for room is left.
                ReadOnlyMemory<byte> data = _data;
                _data = default;
                stream.Transport.Write(data.Span);
            }

            return protocol.IsWritable;
        }
        catch (Exception e) when (e is not (IOException or ObjectDisposedException))
        {
            throw new IOException($"Writing to the connection failed: {e.Message}", e);
        }
    }

    private protected override void BeginWait(WaitFuture wait) => stream.Protocol.AddDrainWaiter(wait);

    private protected override void EndWait(WaitFuture wait) => stream.Protocol.RemoveDrainWaiter(wait);

    private protected override void Clear() => _data = default;
}

using System.IO.Pipelines;

namespace Gyre;

/// <summary>A connection as a pair of <c>System.IO.Pipelines</c> ends, which any thread may use.</summary>
/// <remarks>
/// <para>Any thread; one call of each end at a time. As with <see cref="ConnectionStream"/>, what awaits on the loop's
/// thread goes on there. Do not use the connection's reader and writer meanwhile.</para>
/// <para>Completing <see cref="Output"/> ends this side's direction, where the connection can do that alone (not with
/// TLS); the input goes on. Completing it with an error resets the connection. When both ends are complete the
/// connection is closed. Errors of the connection are <see cref="IOException"/>s. On cancel: a read has taken
/// nothing; what was flushed is sent.</para>
/// </remarks>
public sealed class ConnectionPipe : IDuplexPipe, IDisposable
{
    private readonly ConnectionStream _stream;
    private int _openEnds = 2;

    /// <summary>Makes a pipe of a connection's two ends.</summary>
    /// <remarks>Loop thread only. The pipe closes the connection when it is disposed.</remarks>
    public ConnectionPipe(LoopStreamReader reader, LoopStreamWriter writer)
    {
        _stream = new ConnectionStream(reader, writer);
        Input = new ConnectionPipeReader(PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true)), this);
        Output = new ConnectionPipeWriter(PipeWriter.Create(_stream, new StreamPipeWriterOptions(leaveOpen: true)), this);
    }

    /// <summary>What the peer sends.</summary>
    public PipeReader Input { get; }

    /// <summary>What is sent to the peer. Flush it to send; a flush waits while the connection holds more unsent bytes
    /// than its high-water mark.</summary>
    public PipeWriter Output { get; }

    /// <summary>The connection below, for its addresses and options. Loop thread only.</summary>
    public Transport Transport => _stream.Transport;

    /// <summary>Closes the connection after what was flushed has been sent. Does not wait. A call that waits ends with
    /// an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>One end is complete.</summary>
    internal void OnCompleted(bool isOutput, Exception? error)
    {
        if (isOutput && error is not null)
        {
            _stream.Abort();
        }
        else if (isOutput)
        {
            _stream.EndOutput();
        }

        // Of the two ends, which may be on two threads, the last one closes.
        if (Interlocked.Decrement(ref _openEnds) == 0)
        {
            _stream.Dispose();
        }
    }
}

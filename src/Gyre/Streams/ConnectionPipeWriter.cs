using System.IO.Pipelines;

namespace Gyre;

/// <summary>The output of a <see cref="ConnectionPipe"/>: tells the pipe when it is complete.</summary>
internal sealed class ConnectionPipeWriter(PipeWriter inner, ConnectionPipe pipe) : PipeWriter
{
    private int _completed;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(source, cancellationToken);

    /// <summary>With unflushed bytes this writes, and blocks: on the loop's thread it is refused, and the connection
    /// reset.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            try
            {
                inner.Complete(exception);
            }
            catch (Exception e)
            {
                // What was not flushed is lost: the peer must not take the rest for the whole.
                pipe.OnCompleted(isOutput: true, exception ?? e);
                throw;
            }

            pipe.OnCompleted(isOutput: true, exception);
        }
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            try
            {
                await inner.CompleteAsync(exception).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                pipe.OnCompleted(isOutput: true, exception ?? e);
                throw;
            }

            pipe.OnCompleted(isOutput: true, exception);
        }
    }
}

using System.Diagnostics;

namespace Gyre;

internal sealed partial class TlsTransport
{
    /// <summary>This much input is dropped while the peer's end is waited for. A peer that sends more has no end in
    /// mind, and is not worth the time that decrypting takes.</summary>
    private const int DroppedBytesMax = 1024 * 1024;

    private TimerHandle? _shutdownTimer;
    private long _droppedBytes;
    private bool _endSent;

    /// <summary>Says in TLS that nothing more comes, behind everything that was written.</summary>
    private void BeginShutdown()
    {
        Debug.Assert(WriteBufferSize == 0, "The end comes after what was written.");
        _state = TlsState.ShuttingDown;
        Task shutdown = WithoutContext.Call(static self => self.SendEndAsync(), this);
        if (shutdown.IsCompleted)
        {
            OnEndSent(shutdown);
        }
        else
        {
            QueueWhenDone(shutdown.ConfigureAwait(false).GetAwaiter(), new ShutdownItem(this, shutdown));
        }
    }

    private async Task SendEndAsync() => await _ssl.ShutdownAsync().ConfigureAwait(false);

    /// <summary>Our end is on its way. The peer's is waited for: to close a socket that has unread input, or is
    /// about to get some, resets the connection, and could cost the peer what it has not read yet.</summary>
    private void OnEndSent(Task shutdown)
    {
        // A connection that broke meanwhile is lost in its own way.
        _ = shutdown.Exception;
        if (_state != TlsState.ShuttingDown)
        {
            return;
        }

        if (_lower.CanWriteEof)
        {
            // For peers that do not answer a TLS end, but do look for that of the connection.
            _lower.WriteEof();
        }

        _endSent = true;
        MaybeFinishShutdown();
    }

    private void OnDropped(int count)
    {
        _droppedBytes += count;
        if (_droppedBytes > DroppedBytesMax)
        {
            _inputEnded = true;
            MaybeFinishShutdown();
        }
    }

    private void MaybeFinishShutdown()
    {
        if (_endSent && _inputEnded && _state == TlsState.ShuttingDown)
        {
            _lower.Close();
        }
    }

    private void OnShutdownTimeout() => Lose(new TimeoutException(
        $"The TLS connection with {_lower.RemoteEndPoint} could not be closed in time: the peer did not read what was "
        + "left, or did not end its side. It was reset."));

    private sealed class ShutdownItem(TlsTransport tls, Task shutdown) : WorkItem
    {
        internal override void Execute(object? first, object? second) => tls.OnEndSent(shutdown);
    }
}

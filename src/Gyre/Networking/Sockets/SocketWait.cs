using Gyre.Polling;

namespace Gyre;

/// <summary>A coroutine's wait for one direction of a socket. Kept with the socket, for the next one.</summary>
/// <remarks>A wait that comes while another one is under way takes its place with the poller, as in asyncio; the other
/// then ends by cancellation only.</remarks>
internal sealed class SocketWait(EventLoop loop) : IWatchSink
{
    private bool _isUsed;

    /// <summary>What the coroutine awaits.</summary>
    public WaitFuture Future { get; } = new(loop);

    /// <summary>Begins to wait for input, right after an attempt that found nothing.</summary>
    public static SocketWait ForInput(EventLoop loop, PollWatch watch)
    {
        SocketWaits waits = SocketWaits.Of(watch);
        SocketWait wait = Claim(loop, ref waits.Input);
        watch.WaitForInput(wait);
        return wait;
    }

    /// <summary>Begins to wait for room for output, right after an attempt that found none.</summary>
    public static SocketWait ForOutput(EventLoop loop, PollWatch watch)
    {
        SocketWaits waits = SocketWaits.Of(watch);
        SocketWait wait = Claim(loop, ref waits.Output);
        watch.WaitForOutput(wait);
        return wait;
    }

    /// <summary>Begins to wait for room for output, which may be there already.</summary>
    // Level-triggered, because no attempt came before that found the socket full. It ends with the first call.
    public static SocketWait ForRoomNow(EventLoop loop, PollWatch watch)
    {
        SocketWaits waits = SocketWaits.Of(watch);
        SocketWait wait = Claim(loop, ref waits.Output);
        watch.WatchOutput(wait);
        return wait;
    }

    /// <summary>The wait is over, in whatever way. The watch ends with it.</summary>
    public void EndInput(PollWatch watch)
    {
        _isUsed = false;
        if (ReferenceEquals(watch.InputSink, this))
        {
            watch.StopInput();
        }
    }

    /// <inheritdoc cref="EndInput"/>
    public void EndOutput(PollWatch watch)
    {
        _isUsed = false;
        if (ReferenceEquals(watch.OutputSink, this))
        {
            watch.StopOutput();
        }
    }

    public void OnReady() => Future.Release();

    private static SocketWait Claim(EventLoop loop, ref SocketWait? kept)
    {
        if (kept is null or { _isUsed: true })
        {
            kept = new SocketWait(loop);
        }
        else
        {
            kept.Future.Reset();
        }

        kept._isUsed = true;
        return kept;
    }
}

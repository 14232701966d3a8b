namespace Gyre;

/// <summary>A poller that wants to know its loop, as the one of a virtual clock does.</summary>
internal interface ILoopObserver
{
    void Attach(EventLoop loop);
}

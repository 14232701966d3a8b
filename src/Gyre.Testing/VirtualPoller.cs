using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>A poller that does not wait: it moves the clock instead.</summary>
internal sealed class VirtualPoller(VirtualClock clock) : Poller, ILoopObserver
{
    private readonly ManualResetEventSlim _woken = new();
    private EventLoop? _loop;

    public override string BackendName => "virtual";

    public override bool HasOperations => false;

    public void Attach(EventLoop loop) => _loop = loop;

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        if (timeoutNanoseconds == 0)
        {
            return;
        }

        if (_loop!.ExternalWaits > 0)
        {
            // Somebody outside works for the loop. No virtual time passes until that work is done.
            _woken.Wait();
        }
        else if (timeoutNanoseconds > 0)
        {
            clock.Advance(new TimeSpan(timeoutNanoseconds / TimeSpan.NanosecondsPerTick));
        }
        else if (!_woken.IsSet)
        {
            throw new DeadlockException(_loop.AllTasks());
        }

        _woken.Reset();
    }

    public override void Wake()
    {
        try
        {
            _woken.Set();
        }
        catch (ObjectDisposedException)
        {
            // A wake-up for a loop that has ended means nothing.
        }
    }

    public override PollSocket Attach(Socket socket) => throw new NotSupportedException(
        "A loop on a virtual clock has no I/O. Use a loop on the real clock for tests with sockets.");

    protected override void Dispose(bool disposing) => _woken.Dispose();
}

using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>A poller that does not wait: it moves the clock instead.</summary>
internal sealed class VirtualPoller(VirtualClock clock) : Poller, ILoopObserver
{
    /// <summary>With no timer left, only something outside can end the wait for a BCL task. It gets half a minute.</summary>
    private const int PatiencesToDeadlock = 300;

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
            // A thread works for the loop. No virtual time passes until that work is done.
            _woken.Wait();
        }
        else if (timeoutNanoseconds > 0)
        {
            if (_loop.ForeignWaits == 0 || !_woken.Wait(clock.Patience))
            {
                clock.Advance(new TimeSpan(timeoutNanoseconds / TimeSpan.NanosecondsPerTick));
            }
        }
        else if (!_woken.IsSet && (_loop.ForeignWaits == 0 || !_woken.Wait(clock.Patience * PatiencesToDeadlock)))
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

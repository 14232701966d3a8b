using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>A poller that does not wait: it moves the clock instead.</summary>
internal sealed class VirtualPoller(VirtualClock clock) : Poller, ILoopObserver
{
    /// <summary>With no timer left, only something outside can end the wait for a BCL task. It gets half a
    /// minute.</summary>
    private const int PatiencesToDeadlock = 300;

    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_graceOfOutcome = TimeSpan.FromMilliseconds(100);

    private readonly ManualResetEventSlim _woken = new();
    private EventLoop? _loop;
    private long _instantTicks;
    private int _iterationsOfInstant;

    public override string BackendName => "virtual";

    /// <summary>Always: the poller wants to see every iteration.</summary>
    public override bool HasOperations => true;

    public EventLoop Loop => _loop!;

    /// <summary>Whether waits for this clock or this loop explain every BCL task that is awaited.</summary>
    private bool IsExplained => Loop.ForeignWaits <= Loop.BclWaits + clock.WaitedFor;

    public void Attach(EventLoop loop)
    {
        _loop = loop;
        clock.Attach(this);
    }

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        CountIteration();
        clock.OnIteration(Loop);
        if (timeoutNanoseconds == 0 || Loop.Ready.Count > 0 || clock.ReleaseIdleWaiters())
        {
            return;
        }

        if (Loop.ExternalWaits > 0)
        {
            // A thread works for the loop. No virtual time passes until that work is done.
            _woken.Wait();
        }
        else if (timeoutNanoseconds > 0)
        {
            if (!IsWokenWithin(clock.Patience))
            {
                clock.Advance(new TimeSpan(timeoutNanoseconds / TimeSpan.NanosecondsPerTick));
            }
        }
        else if (!_woken.IsSet && !IsWokenWithin(clock.Patience * PatiencesToDeadlock))
        {
            throw new DeadlockException(Loop);
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

    public override PollWatch Watch(SafeHandle descriptor) => throw new NotSupportedException(
        "A loop on a virtual clock has no I/O. Use a loop on the real clock for tests with sockets and pipes.");

    protected override void Dispose(bool disposing) => _woken.Dispose();

    /// <summary>Gives what is outside the loop the time to end one of its waits.</summary>
    private bool IsWokenWithin(TimeSpan patience)
    {
        if (Loop.ForeignWaits == 0)
        {
            return false;
        }

        // An explanation may be wrong: a BCL task that comes down to two futures explains another that does
        // not. And an outcome that has left may be on its way back, through the thread pool.
        bool woken = _woken.Wait(!IsExplained ? patience : Loop.OutcomeLeft ? s_graceOfOutcome : s_grace);
        Loop.OutcomeLeft &= woken;
        return woken;
    }

    private void CountIteration()
    {
        long now = clock.GetTimestamp();
        if (now != _instantTicks)
        {
            _instantTicks = now;
            _iterationsOfInstant = 0;
        }
        else if (++_iterationsOfInstant > clock.IterationsMax)
        {
            // Counted anew, so that what the loop's owner still wants to end can run.
            _iterationsOfInstant = 0;
            throw new LivelockException(Loop, clock.IterationsMax);
        }
    }
}

using System.Diagnostics;

namespace Gyre;

/// <summary>A future that the time ends, or its owner. It is its own entry in the timer heap.</summary>
// The timer: Idle ──Start──▶ Scheduled ──its time──▶ Due ──its turn──▶ Idle
//                                └──────Stop──────────┴──────▶ Stopped
// A stopped entry stays in the heap until it comes to the top, so the future is not started again.
internal class SleepFuture(EventLoop loop) : Future(loop), ITimerEntry
{
    private TimerState _timer;

    private enum TimerState : byte
    {
        Idle,
        Scheduled,
        Due,
        Stopped,
    }

    bool ITimerEntry.IsTimerCancelled => _timer == TimerState.Stopped;

    ExecutionContext? ITimerEntry.RunContext => null;

    public void Start(TimeSpan delay) => Loop.AddTimer(this, EventLoop.AddTicks(Loop.NowTicks, delay));

    public void Stop()
    {
        TimerState before = _timer;
        if (before is TimerState.Scheduled or TimerState.Due)
        {
            _timer = TimerState.Stopped;
            if (before == TimerState.Scheduled)
            {
                Loop.Timers.OnCancelled();
            }
        }
    }

    /// <summary>Ends the future now, if it is not done. The timer goes with it.</summary>
    public void Release()
    {
        Stop();
        TryFinish();
    }

    /// <summary>Whether nothing is left of the future in the heap, so that it can be started again.</summary>
    public bool IsTimerIdle => _timer == TimerState.Idle;

    /// <summary>Makes a future with an idle timer pending again. Nobody but its owner may wait for it.</summary>
    public void Reset() => Reopen();

    void ITimerEntry.MarkScheduled(long whenTicks)
    {
        Debug.Assert(_timer == TimerState.Idle, "A timer is in the heap at most once.");
        _timer = TimerState.Scheduled;
    }

    WorkItem ITimerEntry.MarkDue()
    {
        _timer = TimerState.Due;
        return this;
    }

    void ITimerEntry.MarkDropped() => _timer = TimerState.Stopped;

    internal override void Abandon(object? first, object? second) => _timer = TimerState.Stopped;

    internal override void Execute(object? first, object? second)
    {
        if (_timer == TimerState.Due)
        {
            _timer = TimerState.Idle;
            TryFinish();
        }
    }

    internal override string Describe() => "sleep";
}

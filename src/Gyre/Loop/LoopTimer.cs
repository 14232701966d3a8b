using System.ComponentModel;
using System.Diagnostics;

namespace Gyre;

/// <summary>An entry of the timer heap. The base of timer handles.</summary>
// Idle ──Add──▶ Scheduled ──its time──▶ Due ──its turn──▶ Ran
//                   └──────Cancel───────┴──────▶ Cancelled
// A timer cancelled in the heap stays there until it comes to the top or is dropped in bulk.
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class LoopTimer : WorkItem, ITimerEntry
{
    private TimerState _state;

    private protected LoopTimer(EventLoop loop) => Loop = loop;

    private enum TimerState : byte
    {
        Idle,
        Scheduled,
        Due,
        Ran,
        Cancelled,
    }

    internal EventLoop Loop { get; }

    /// <summary>When the timer is due, in ticks of the loop's clock.</summary>
    internal long WhenTicks { get; private set; }

    internal bool IsInHeap => _state == TimerState.Scheduled;

    internal bool IsTimerPending => _state is TimerState.Scheduled or TimerState.Due;

    internal bool IsTimerCancelled => _state == TimerState.Cancelled;

    /// <summary>The context the timer runs in; null leaves it to the item.</summary>
    internal virtual ExecutionContext? RunContext => null;

    bool ITimerEntry.IsTimerCancelled => IsTimerCancelled;

    ExecutionContext? ITimerEntry.RunContext => RunContext;

    void ITimerEntry.MarkScheduled(long whenTicks)
    {
        Debug.Assert(!IsInHeap, "A timer is in the heap at most once.");
        WhenTicks = whenTicks;
        _state = TimerState.Scheduled;
    }

    WorkItem ITimerEntry.MarkDue()
    {
        _state = TimerState.Due;
        return this;
    }

    void ITimerEntry.MarkDropped() => _state = TimerState.Cancelled;

    internal sealed override void Abandon(object? first, object? second) => _state = TimerState.Cancelled;

    /// <summary>Keeps the timer from running, also between its time and its turn.</summary>
    /// <returns>True when this call cancelled it.</returns>
    internal bool CancelTimer()
    {
        if (!IsTimerPending)
        {
            return false;
        }

        bool inHeap = IsInHeap;
        _state = TimerState.Cancelled;
        if (inHeap)
        {
            Loop.Timers.OnCancelled();
        }

        return true;
    }

    /// <summary>What the timer does when its turn has come.</summary>
    private protected abstract void Fire();

    internal sealed override void Execute(object? first, object? second)
    {
        if (_state == TimerState.Due)
        {
            _state = TimerState.Ran;
            Fire();
        }
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Gyre;

/// <summary>A callback that waits for its time, as
/// <see cref="EventLoop.CallLater(TimeSpan, Action, ExecutionContext?)"/>
/// and <see cref="EventLoop.CallAt(TimeSpan, Action, ExecutionContext?)"/> return it.</summary>
/// <remarks>Loop thread only. asyncio: <c>TimerHandle</c>.</remarks>
[DebuggerDisplay("When = {When}, IsPending = {IsPending}, IsCancelled = {IsCancelled}")]
public sealed class TimerHandle : LoopTimer
{
    private readonly ExecutionContext? _context;
    private WorkItem? _callback;
    private object? _first;
    private object? _second;

    internal TimerHandle(EventLoop loop, WorkItem callback, object first, object? second, ExecutionContext? context)
        : base(loop)
    {
        _callback = callback;
        _first = first;
        _second = second;
        _context = context;
    }

    /// <summary>The time at which the callback is due, on the clock of <see cref="EventLoop.Time"/>.</summary>
    public TimeSpan When => new(WhenTicks);

    /// <summary>Whether the callback has neither run nor been cancelled.</summary>
    public bool IsPending => IsTimerPending;

    /// <summary>Whether <see cref="Cancel"/> came before the callback's turn.</summary>
    public bool IsCancelled => IsTimerCancelled;

    /// <summary>The context that the callback runs in. asyncio: <c>get_context</c>.</summary>
    public ExecutionContext? Context => _context;

    internal override ExecutionContext? RunContext => _context;

    internal override object NamedAs(object? first) => _first ?? this;

    /// <summary>Keeps the callback from running. Does nothing when it has run or was cancelled before.</summary>
    /// <returns>True when this call cancelled it.</returns>
    /// <remarks>The callback and its state are let go at once. The timer's entry goes later, together with others:
    /// cancelling costs constant time.</remarks>
    public bool Cancel()
    {
        Loop.AssertOnLoop();
        if (!CancelTimer())
        {
            return false;
        }

        Release();
        return true;
    }

    /// <summary>For reading by people: the callback's name and its time.</summary>
    public override string ToString()
    {
        string what = IsCancelled ? "cancelled timer"
            : _first is Delegate callback ? $"timer of {CallbackName.Of(callback)}"
            : "timer that has run";
        return $"{what} at {When.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
    }

    private protected override void Fire()
    {
        (WorkItem callback, object? first, object? second) = (_callback!, _first, _second);
        Release();
        callback.Execute(first, second);
    }

    private void Release() => (_callback, _first, _second) = (null, null, null);
}

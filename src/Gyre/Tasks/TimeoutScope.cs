using System.Diagnostics;
using System.Globalization;

namespace Gyre;

/// <summary>A block with a deadline, which may be moved while the block runs. Given to the body of
/// <c>Aio.Timeout</c>.</summary>
/// <remarks>Loop thread only. Guarantees G-44, G-45. asyncio: <c>Timeout</c>.</remarks>
// Active ──deadline──▶ Expiring ──end of the body──▶ Expired
//    └──end of the body──▶ Finished
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TimeoutScope
{
    internal const string TimedOut = "The operation did not end in time.";

    private readonly LoopTask _task;
    private readonly CancelScope? _scope;
    private readonly int _requestsBefore;
    private ScopeState _state;
    private DeadlineTimer? _timer;
    private Handle _soon;

    private TimeoutScope(LoopTask task)
    {
        _task = task;
        _scope = task.Scope;
        _requestsBefore = task.Cancelling();
    }

    private enum ScopeState : byte
    {
        Active,
        Expiring,
        Expired,
        Finished,
    }

    /// <summary>The deadline on the loop's clock, or null when there is none. asyncio: <c>when</c>.</summary>
    public TimeSpan? When { get; private set; }

    /// <summary>Whether the deadline passed before the body ended. asyncio: <c>expired</c>.</summary>
    public bool IsExpired => _state is ScopeState.Expiring or ScopeState.Expired;

    /// <summary>Moves the deadline. asyncio: <c>reschedule</c>.</summary>
    /// <param name="when">A time on the loop's clock, or null for no limit. One that has passed ends the body in the
    /// next iteration.</param>
    /// <exception cref="InvalidOperationException">The deadline has passed, or the body has ended.</exception>
    public void Reschedule(TimeSpan? when)
    {
        if (_state != ScopeState.Active)
        {
            throw new InvalidOperationException(
                IsExpired ? "The deadline has passed and cannot be moved." : "The body has ended; there is no deadline to move.");
        }

        When = when;
        StopTimer();
        if (when is not { } deadline)
        {
            return;
        }

        EventLoop loop = _task.Loop;
        if (deadline.Ticks <= loop.NowTicks)
        {
            _soon = loop.CallSoon(static scope => ((TimeoutScope)scope!).Expire(), this);
        }
        else
        {
            _timer = new DeadlineTimer(this, loop);
            loop.AddTimer(_timer, deadline.Ticks);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _state switch
    {
        ScopeState.Active when When is { } when => string.Create(
            CultureInfo.InvariantCulture, $"TimeoutScope [active, when: {when.TotalSeconds} s]"),
        ScopeState.Active => "TimeoutScope [active]",
        ScopeState.Expiring => "TimeoutScope [expiring]",
        ScopeState.Expired => "TimeoutScope [expired]",
        _ => "TimeoutScope [finished]",
    };

    /// <summary>Runs a body with a deadline.</summary>
    /// <param name="limit">When it is, or null for none.</param>
    /// <param name="fromNow">Whether <paramref name="limit"/> counts from the moment in which the body begins, or on
    /// the loop's clock.</param>
    /// <param name="body">What is limited.</param>
    internal static async Coroutine<T> Run<T>(TimeSpan? limit, bool fromNow, Func<TimeoutScope, Coroutine<T>> body)
    {
        TimeoutScope scope = Enter(fromNow ? Deadline(limit) : limit);
        T result;
        try
        {
            result = await body(scope);
        }
        catch (Exception e)
        {
            scope.ExitWith(e);
            throw;
        }

        scope.Exit();
        return result;
    }

    /// <inheritdoc cref="Run{T}"/>
    internal static async Coroutine Run(TimeSpan? limit, bool fromNow, Func<TimeoutScope, Coroutine> body)
    {
        TimeoutScope scope = Enter(fromNow ? Deadline(limit) : limit);
        try
        {
            await body(scope);
        }
        catch (Exception e)
        {
            scope.ExitWith(e);
            throw;
        }

        scope.Exit();
    }

    /// <summary>The deadline that lies <paramref name="delay"/> from now.</summary>
    internal static TimeSpan? Deadline(TimeSpan? delay) =>
        delay is { } value ? new TimeSpan(EventLoop.AddTicks(EventLoop.Running.NowTicks, value)) : null;

    private static TimeoutScope Enter(TimeSpan? when)
    {
        LoopTask task = EventLoop.Running.CurrentTask ?? throw new InvalidOperationException(
            "A timeout belongs to a task. Use it inside a coroutine that a task runs.");
        var scope = new TimeoutScope(task);
        scope.Reschedule(when);
        return scope;
    }

    private void Expire()
    {
        _timer = null;
        _task.CancelFrom(_scope, message: null);
        _state = ScopeState.Expiring;
    }

    private void Exit()
    {
        StopTimer();
        if (_state == ScopeState.Expiring)
        {
            // The body ended well in the same moment: the request is taken back and the result stands.
            _state = ScopeState.Expired;
            _task.Uncancel();
        }
        else
        {
            _state = ScopeState.Finished;
        }
    }

    /// <summary>Ends the scope after an error. Throws the timeout if the error is this scope's own
    /// cancellation.</summary>
    private void ExitWith(Exception error)
    {
        bool expired = _state == ScopeState.Expiring;
        bool cancelled = error is OperationCanceledException cancellation && _task.IsOwnCancellation(cancellation);
        StopTimer();
        _state = expired ? ScopeState.Expired : ScopeState.Finished;

        // Another request that came in the meantime outranks the deadline: the count is higher than at the start.
        if (expired && _task.Uncancel() <= _requestsBefore && cancelled)
        {
            throw new TimeoutException(TimedOut, error);
        }
    }

    private void StopTimer()
    {
        _timer?.CancelTimer();
        _timer = null;
        _soon.Cancel();
        _soon = default;
    }

    private sealed class DeadlineTimer(TimeoutScope scope, EventLoop loop) : LoopTimer(loop)
    {
        private protected override void Fire() => scope.Expire();
    }
}

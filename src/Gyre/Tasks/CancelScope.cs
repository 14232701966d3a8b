using System.Diagnostics;

namespace Gyre;

/// <summary>A block of a task that can be cancelled by itself. Given to the body of
/// <c>Aio.CancelScope</c>.</summary>
/// <remarks>
/// <para>Loop thread only. While a scope is cancelled, each await inside it that has to wait ends with a
/// <see cref="CancelledException"/>, again and again, until the block is left. The block takes the exception
/// in: what stands behind it runs on.</para>
/// <para>Inside are the body, the blocks in it, and the tasks of the task groups that were opened in it.
/// Tasks made with <c>Aio.CreateTask</c> are not; one that is awaited inside gets one request.</para>
/// <para>Guarantees G-50 to G-53. trio: <c>CancelScope</c>.</para>
/// </remarks>
// Active ──Cancel, deadline──▶ Cancelled ──end of the body──▶ Ended
//    └───────────────────end of the body─────────────────────▶ Ended
[DebuggerDisplay("{_state}, Shield = {Shield}, Deadline = {Deadline}, Reason = {Reason}")]
public sealed partial class CancelScope
{
    private const string DeadlinePassed = "The deadline of the cancel scope has passed.";

    private readonly LoopTask _owner;
    private readonly CancelScope? _outer;
    private ScopeState _state;
    private TimeSpan? _deadline;
    private DeadlineTimer? _timer;

    // The open groups whose tasks are directly inside this scope. They end in the opposite order.
    private List<TaskGroup>? _groups;

    private CancelScope(LoopTask owner)
    {
        _owner = owner;
        _outer = owner.Scope;

        // A request that is still to be delivered arrives inside, so it counts as one that came after the
        // start.
        _requestsBefore = owner.Requests - (owner.HasPendingRequest ? 1 : 0);
        _requestsOutside = owner.Requests;
    }

    private enum ScopeState : byte
    {
        Active,
        Cancelled,
        Ended,
    }

    /// <summary>The time on the loop's clock at which the scope is cancelled; null for never. It may be moved
    /// at any time.</summary>
    /// <remarks>One that has passed cancels the scope at once. It cannot bring a cancelled scope back; after
    /// the end of the block it has no effect. trio: <c>deadline</c>.</remarks>
    public TimeSpan? Deadline
    {
        get => _deadline;
        set
        {
            _owner.Loop.AssertOnLoop();
            _deadline = value;
            StopTimer();
            if (_state != ScopeState.Active || value is not { } when)
            {
                return;
            }

            EventLoop loop = _owner.Loop;
            if (when.Ticks <= loop.NowTicks)
            {
                Cancel(DeadlinePassed);
            }
            else
            {
                _timer = new DeadlineTimer(this, loop);
                loop.AddTimer(_timer, when.Ticks);
            }
        }
    }

    /// <summary>Whether the scope was cancelled before its block ended. trio: <c>cancel_called</c>.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Whether the block ended because the scope was cancelled. trio:
    /// <c>cancelled_caught</c>.</summary>
    /// <remarks>False when the body ended by itself in the same moment, failed, or was cancelled from farther
    /// out too.</remarks>
    public bool CaughtCancellation { get; private set; }

    /// <summary>The reason that was given to <see cref="Cancel"/>; the exceptions inside carry it.</summary>
    public string? Reason { get; private set; }

    /// <summary>Cancels the scope: what waits inside ends with a <see cref="CancelledException"/>, now and
    /// from now on.</summary>
    /// <param name="reason">Travels to the exceptions. The first reason stays.</param>
    /// <returns>False when the scope was cancelled before or has ended.</returns>
    /// <remarks>Loop thread only. Does not wait. An await whose result has come already returns it; the next
    /// one is cancelled. An await that need not wait is never cancelled. trio: <c>cancel</c>.</remarks>
    public bool Cancel(string? reason = null)
    {
        _owner.Loop.AssertOnLoop();
        if (_state != ScopeState.Active)
        {
            return false;
        }

        _state = ScopeState.Cancelled;
        IsCancelled = true;
        Reason = reason;
        StopTimer();
        RefreshInside();
        return true;
    }

    /// <summary>Runs a body inside a scope of the current task.</summary>
    internal static async Coroutine<CancelScope> Run(
        TimeSpan? delay, bool shield, Func<CancelScope, Coroutine> body)
    {
        CancelScope scope = Enter(delay, shield);
        try
        {
            await body(scope);
        }
        catch (Exception e)
        {
            if (!scope.Leave(e))
            {
                throw;
            }

            return scope;
        }

        scope.Leave(null);
        return scope;
    }

    /// <inheritdoc cref="Run(TimeSpan?, bool, Func{CancelScope, Coroutine})"/>
    internal static async Coroutine<T> Run<T>(
        TimeSpan? delay, bool shield, T whenCancelled, Func<CancelScope, Coroutine<T>> body)
    {
        CancelScope scope = Enter(delay, shield);
        T result;
        try
        {
            result = await body(scope);
        }
        catch (Exception e)
        {
            if (!scope.Leave(e))
            {
                throw;
            }

            return whenCancelled;
        }

        scope.Leave(null);
        return result;
    }

    /// <summary>The innermost cancelled scope that reaches what is directly inside this one, or
    /// null.</summary>
    internal CancelScope? FindCancelled()
    {
        for (CancelScope? scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._state == ScopeState.Cancelled)
            {
                return scope;
            }

            if (scope._shield)
            {
                return null;
            }
        }

        return null;
    }

    internal void Add(TaskGroup group) => (_groups ??= []).Add(group);

    internal void Remove(TaskGroup group) => _groups!.Remove(group);

    private static CancelScope Enter(TimeSpan? delay, bool shield)
    {
        LoopTask task = EventLoop.Running.CurrentTask ?? throw new InvalidOperationException(
            "A cancel scope belongs to a task. Use it inside a coroutine that a task runs.");
        var scope = new CancelScope(task);
        task.EnterScope(scope);
        scope.Shield = shield;
        if (delay is { } value)
        {
            scope.Deadline = new TimeSpan(EventLoop.AddTicks(task.Loop.NowTicks, value));
        }

        return scope;
    }

    /// <summary>Ends the scope. True when <paramref name="error"/> is its own cancellation and goes no
    /// further.</summary>
    private bool Leave(Exception? error)
    {
        StopTimer();
        bool own = IsCancelled
            && error is OperationCanceledException cancellation
            && _owner.IsOwnCancellation(cancellation);
        _state = ScopeState.Ended;
        int held = LetIn();
        _owner.EnterScope(_outer);

        // Somebody farther out outranks the scope: a cancelled scope around it, or a request that came
        // meanwhile and was delivered. One that was held has not been, and is delivered at the next await.
        CaughtCancellation = own && !_owner.IsScopeCancelled && _owner.Requests - held <= _requestsBefore;
        return CaughtCancellation;
    }

    /// <summary>Tells every task inside that something about this scope has changed.</summary>
    private void RefreshInside() => Refresh(_owner, outermost: this);

    private static void Refresh(LoopTask task, CancelScope? outermost)
    {
        task.RefreshScope();
        for (CancelScope? scope = task.Scope; scope is not null && scope._owner == task; scope = scope._outer)
        {
            // Copies, because a callback of a task's token may open and end groups.
            foreach (TaskGroup group in scope._groups?.ToArray() ?? [])
            {
                foreach (LoopTask member in group.Snapshot())
                {
                    Refresh(member, outermost: null);
                }
            }

            if (scope == outermost)
            {
                return;
            }
        }
    }

    private void StopTimer()
    {
        _timer?.CancelTimer();
        _timer = null;
    }

    private sealed class DeadlineTimer(CancelScope scope, EventLoop loop) : LoopTimer(loop)
    {
        private protected override void Fire() => scope.Cancel(DeadlinePassed);
    }
}

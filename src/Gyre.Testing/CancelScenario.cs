namespace Gyre.Testing;

/// <summary>One run of a scenario of <see cref="CancelEverywhere"/>: given to the scenario, to name what is
/// cancelled.</summary>
public sealed class CancelScenario
{
    /// <summary>How often <see cref="CancelWays.Repeatedly"/> cancels. Without an end, time would stand
    /// still.</summary>
    private const int RepeatsMax = 3;

    private readonly CancelEverywhereOptions _options;
    private readonly CancelWays _way;
    private readonly int _moment;
    private readonly List<CancelMoment> _moments = [];
    private LoopTask? _target;
    private CancelScope? _scope;

    internal CancelScenario(CancelEverywhereOptions options, CancelWays way, int moment)
    {
        _options = options;
        _way = way;
        _moment = moment;
    }

    /// <summary>When the target was cancelled in this run; null while it was not.</summary>
    public CancelMoment? CancelledAt { get; private set; }

    internal IReadOnlyList<CancelMoment> Moments => _moments;

    /// <summary>Makes a task of the coroutine that is to be cancelled. Once in each run.</summary>
    /// <param name="coroutine">The coroutine. When it is cancelled by a scope, the task ends as cancelled
    /// too.</param>
    /// <exception cref="InvalidOperationException">The run has its target already.</exception>
    public LoopTask Target(Coroutine coroutine)
    {
        if (_target is not null)
        {
            coroutine.Discard();
            throw SecondTarget();
        }

        LoopTask task = Aio.CreateTask(_way == CancelWays.ByScope ? InScope(coroutine) : coroutine, "target");
        _target = task;
        return task;
    }

    /// <inheritdoc cref="Target(Coroutine)"/>
    public LoopTask<T> Target<T>(Coroutine<T> coroutine)
    {
        if (_target is not null)
        {
            coroutine.Discard();
            throw SecondTarget();
        }

        LoopTask<T> task = Aio.CreateTask(_way == CancelWays.ByScope ? InScope(coroutine) : coroutine, "target");
        _target = task;
        return task;
    }

    /// <summary>Makes a task that awaits a future, and is to be cancelled. Once in each run.</summary>
    /// <param name="future">The future.</param>
    /// <exception cref="InvalidOperationException">The run has its target already.</exception>
    public LoopTask Target(Future future)
    {
        ArgumentNullException.ThrowIfNull(future);
        return Target(Await(future));
    }

    internal void Run(Func<CancelScenario, Coroutine> scenario)
    {
        var clock = new VirtualClock { IterationsMax = _options.IterationsMax };
        LoopTest.Run(() => scenario(this), new LoopTestOptions
        {
            Clock = clock,
            RealTime = _options.RealTime,
            Iterating = OnIteration,
        });
        if (_target is null)
        {
            throw new InvalidOperationException(
                "The scenario has not said what to cancel. Call scenario.Target(coroutine) in it.");
        }
    }

    private static InvalidOperationException SecondTarget() =>
        new("A scenario has one target. Start other tasks with Aio.CreateTask.");

    private static async Coroutine Await(Future future) => await future;

    private async Coroutine InScope(Coroutine coroutine)
    {
        CancelScope scope = await Aio.CancelScope(async scope =>
        {
            EnterScope(scope);
            await coroutine;
        });
        ThrowIfCaught(scope);
    }

    private async Coroutine<T> InScope<T>(Coroutine<T> coroutine)
    {
        T? result = default;
        CancelScope scope = await Aio.CancelScope(async scope =>
        {
            EnterScope(scope);
            result = await coroutine;
        });
        ThrowIfCaught(scope);
        return result!;
    }

    /// <summary>Keeps the scope. It may have been cancelled before the task's first step.</summary>
    private void EnterScope(CancelScope scope)
    {
        _scope = scope;
        if (CancelledAt is not null)
        {
            scope.Cancel();
        }
    }

    /// <summary>The task ends as it does in the other ways.</summary>
    private static void ThrowIfCaught(CancelScope scope)
    {
        if (scope.CaughtCancellation)
        {
            throw new CancelledException(scope.Reason);
        }
    }

    private void OnIteration(EventLoop loop)
    {
        if (_target is not { IsDone: false } target)
        {
            return;
        }

        var moment = new CancelMoment(_moments.Count, loop.Time, WaitReport.Describe(target));
        if (moment.Number >= _options.MomentsMax)
        {
            throw new InvalidOperationException(
                $"The target has more than {_options.MomentsMax} moments. The last: {moment}. Does it ever end?");
        }

        _moments.Add(moment);
        if (moment.Number == _moment)
        {
            CancelledAt = moment;
            Cancel(target);
        }
        else if (CancelledAt is not null && _way == CancelWays.Repeatedly && moment.Number < _moment + RepeatsMax)
        {
            target.Cancel();
        }
    }

    private void Cancel(LoopTask target)
    {
        if (_way != CancelWays.ByScope)
        {
            target.Cancel();
        }
        else
        {
            // Before the first step there is no scope yet; it is cancelled when it is entered.
            _scope?.Cancel();
        }
    }
}

namespace Gyre.Tests.Tasks.Cancellation;

/// <summary>Who asks: a column of the table. A block around the task, or somebody outside of it.</summary>
internal abstract class Source
{
    /// <summary>The heading of the column.</summary>
    public abstract string Name { get; }

    /// <summary>How the block ends, unless a cell says otherwise.</summary>
    public abstract string UsualEnd { get; }

    /// <summary>Whether the request can come from the task itself, while it runs.</summary>
    public virtual bool IsImmediate => true;

    /// <summary>Whether the block takes the cancellation in.</summary>
    public virtual bool Handles => true;

    /// <summary>Runs a place inside the block, and says how the block ended if it did not throw.</summary>
    public abstract Coroutine<string> Surround(Probe probe, Func<Probe, Coroutine> place);

    /// <summary>Makes the request.</summary>
    /// <param name="probe">The run.</param>
    /// <param name="justBefore">To be done in the same iteration, before the request.</param>
    public abstract void Request(Probe probe, Action? justBefore);

    public static Source[] All() =>
        [new Edge(), new TimeoutSource(), new FailingGroup(), new CancelledGroup(), new Scope()];

    /// <summary>The blocks, which may stand inside others.</summary>
    public static Source[] AllBlocks() => [.. All().Skip(1), new Scope(shield: true)];

    private sealed class Edge : Source
    {
        public override string Name => "`task.Cancel()`";

        public override string UsualEnd => "task cancelled";

        public override bool Handles => false;

        public override async Coroutine<string> Surround(Probe probe, Func<Probe, Coroutine> place)
        {
            await place(probe);
            return "ends well";
        }

        public override void Request(Probe probe, Action? justBefore)
        {
            justBefore?.Invoke();
            probe.Task.Cancel();
        }
    }

    private sealed class TimeoutSource : Source
    {
        private TimeoutScope? _scope;

        public override string Name => "`Timeout` expires";

        public override string UsualEnd => "TimeoutException";

        public override bool IsImmediate => false;

        public override async Coroutine<string> Surround(Probe probe, Func<Probe, Coroutine> place)
        {
            await Aio.Timeout(null, async scope =>
            {
                _scope = scope;
                await place(probe);
            });
            return "ends well";
        }

        public override void Request(Probe probe, Action? justBefore)
        {
            if (justBefore is not null)
            {
                Aio.RunningLoop.CallSoon(justBefore);
            }

            _scope!.Reschedule(TimeSpan.Zero);
        }
    }

    private sealed class FailingGroup : Source
    {
        private Future<Action?>? _fail;

        public override string Name => "task of a `TaskGroup` fails";

        public override string UsualEnd => "AggregateException";

        public override bool IsImmediate => false;

        public override async Coroutine<string> Surround(Probe probe, Func<Probe, Coroutine> place)
        {
            _fail = Aio.RunningLoop.CreateFuture<Action?>();
            await Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Fail());
                await place(probe);
            });
            return "ends well";
        }

        public override void Request(Probe probe, Action? justBefore) => _fail!.TrySetResult(justBefore);

        private async Coroutine Fail()
        {
            if (await _fail! is { } justBefore)
            {
                // The group hears of the failure in the next iteration, after this.
                Aio.RunningLoop.CallSoon(justBefore);
            }

            throw new InvalidDataException();
        }
    }

    private sealed class CancelledGroup : Source
    {
        private TaskGroup? _group;

        public override string Name => "`group.Cancel()`";

        public override string UsualEnd => "ends well";

        public override async Coroutine<string> Surround(Probe probe, Func<Probe, Coroutine> place)
        {
            await Aio.TaskGroup(async group =>
            {
                _group = group;
                await place(probe);
            });
            return "ends well";
        }

        public override void Request(Probe probe, Action? justBefore)
        {
            justBefore?.Invoke();
            _group!.Cancel();
        }
    }

    private sealed class Scope(bool shield = false) : Source
    {
        private CancelScope? _scope;

        public override string Name => (shield ? "shielded " : "") + "`CancelScope` is cancelled";

        public override string UsualEnd => "caught";

        public override async Coroutine<string> Surround(Probe probe, Func<Probe, Coroutine> place)
        {
            CancelScope scope = await Aio.CancelScope(async scope =>
            {
                _scope = scope;
                await place(probe);
            }, shield: shield);
            return scope.CaughtCancellation ? "caught" : "ends well";
        }

        public override void Request(Probe probe, Action? justBefore)
        {
            justBefore?.Invoke();
            _scope!.Cancel();
        }
    }
}

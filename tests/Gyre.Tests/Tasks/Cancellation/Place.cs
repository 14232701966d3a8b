namespace Gyre.Tests.Tasks.Cancellation;

/// <summary>Where the task is when the request comes: a row of the table.</summary>
/// <param name="Name">The heading of the row.</param>
/// <param name="Run">Makes the request come, and is there when it does.</param>
/// <param name="NeedsImmediate">Whether the task itself makes the request, while it runs.</param>
internal sealed partial record Place(string Name, Func<Probe, Coroutine> Run, bool NeedsImmediate = false)
{
    private static readonly TimeSpan s_soon = 1.Seconds();
    private static readonly TimeSpan s_later = 20.Seconds();
    private static readonly TimeSpan s_never = TimeSpan.FromDays(1);

    public static Place[] All() =>
    [
        .. Plain(), .. Combinators(), .. Blocks(), .. CleanUps(), .. Foreign(),
    ];

    private static Place[] Plain() =>
    [
        new("waits for a future", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Never());
        }),
        new("in `Aio.Yield()`", async probe =>
        {
            Aio.RunningLoop.CallSoon(() => probe.Source.Request(probe, null));
            await probe.Watch(Yields());
        }),
        new("has its result, not yet resumed", async probe =>
        {
            await probe.Watch(ResultAtRequest(probe));
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }),
        new("has its result, and awaits nothing more", async probe =>
        {
            await probe.Watch(ResultAtRequest(probe));
        }),
        new("runs", async probe =>
        {
            probe.Source.Request(probe, null);
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }, NeedsImmediate: true),
        new("runs, and awaits nothing more", async probe =>
        {
            await Aio.Yield();
            probe.Source.Request(probe, null);
        }, NeedsImmediate: true),
        new("awaits what is done already", async probe =>
        {
            Future<int> done = Aio.RunningLoop.CreateFuture<int>();
            done.SetResult(1);
            probe.Source.Request(probe, null);
            await probe.Watch(done);
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }, NeedsImmediate: true),
        new("has given way, its budget spent", async probe =>
        {
            Aio.RunningLoop.CallSoon(() => probe.Source.Request(probe, null));
            for (int i = 0; i < 10 * EventLoopOptions.StepBudgetUsual; i++)
            {
                await Returns();
            }

            probe.See("awaits return");
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }),
    ];

    private static Place[] Combinators() =>
    [
        new("waits for a task", async probe =>
        {
            probe.RequestLater();
            LoopTask inner = Aio.CreateTask(probe.Watch(Never(), "task"));
            await probe.Watch(inner);
        }),
        new("waits for a task that cleans up", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Aio.CreateTask(CleanUp(probe, "task")));
        }),
        new("waits for `Gather`", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Aio.Gather(probe.Watch(Never(), "first"), probe.Watch(Never(), "second")));
        }),
        new("waits for `Aio.Shield(task)`", async probe =>
        {
            probe.RequestLater();
            LoopTask inner = Aio.CreateTask(Aio.Sleep(s_later));
            await SeeAfter(probe, inner, probe.Watch(Aio.Shield(inner)));
        }),
        new("in `Aio.Wait`", async probe =>
        {
            probe.RequestLater();
            LoopTask inner = Aio.CreateTask(Aio.Sleep(s_later));
            await SeeAfter(probe, inner, probe.Watch(Drop(Aio.Wait([inner]))));
        }),
        new("in `Aio.WaitFor`", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Aio.WaitFor(Never(), s_never));
        }),
    ];

    private static async Coroutine Never() => await Aio.Sleep(s_never);

    private static async Coroutine Bcl(Task task) => await task;

    private static async Coroutine Drop<T>(Coroutine<T> coroutine) => await coroutine;

    private static async Coroutine Returns()
    {
    }

    private static async Coroutine Yields()
    {
        for (int i = 0; i < 20; i++)
        {
            await Aio.Yield();
        }
    }

    private static async Coroutine ResultAtRequest(Probe probe)
    {
        Future<int> future = Aio.RunningLoop.CreateFuture<int>();
        Aio.RunningLoop.CallLater(
            Probe.RequestTime, () => probe.Source.Request(probe, () => future.SetResult(1)));
        await future;
    }

    /// <summary>A BCL task that ends some iterations after the request, with no time between.</summary>
    private static Task EndsAfterRequest(Probe probe)
    {
        var source = new TaskCompletionSource();
        _ = Aio.CreateTask(RequestThenEnd());
        return source.Task;

        async Coroutine RequestThenEnd()
        {
            await Yields();
            probe.Source.Request(probe, null);
            await Yields();
            source.SetResult();
        }
    }

    private static async Coroutine SeeAfter(Probe probe, LoopTask task, Coroutine wait)
    {
        try
        {
            await wait;
        }
        finally
        {
            probe.See(task.IsDone ? "task ended" : "task runs on");
        }
    }

    private static async Coroutine CleanUp(Probe probe, string name)
    {
        try
        {
            await probe.Watch(Never(), name);
        }
        finally
        {
            await probe.Watch(Aio.Sleep(s_soon), $"{name} clean-up".Trim());
        }
    }

    private static async Coroutine Shielded(Probe probe, string name) =>
        await Aio.CancelScope(shield: true, body: async _ => await probe.Watch(Aio.Sleep(s_later), name));

    private static async Coroutine Expiring(Probe probe)
    {
        try
        {
            await Aio.Timeout(15.Seconds(), async _ => await probe.Watch(Never(), "inner"));
        }
        catch (TimeoutException)
        {
            probe.See("inner TimeoutException");
        }
    }

    private static async Coroutine Failing(Probe probe)
    {
        try
        {
            await Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Fail());
                await probe.Watch(Never(), "inner");
            });
        }
        catch (AggregateException)
        {
            probe.See("inner AggregateException");
        }

        await probe.Watch(Aio.Sleep(s_soon), "clean-up");

        static async Coroutine Fail()
        {
            await Aio.Yield();
            throw new InvalidDataException();
        }
    }

    private static async Coroutine Announce(Probe probe)
    {
        probe.See("task starts");
        await probe.Watch(Aio.Sleep(s_soon), "task");
    }
}

using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddBlocks(Dictionary<string, Scenario> all)
    {
        // No task of a group outlives the block, however long its clean-up takes.
        all.Add("Aio.TaskGroup(Func<TaskGroup, Coroutine>)", async scenario =>
        {
            int running = 0;
            LoopTask target = scenario.Target(Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Count(1));
                _ = group.CreateTask(Count(9));
                await Aio.Sleep(2.Seconds());
            }));
            await End(target);
            Assert.Equal(0, running);

            // The tasks are cancelled with it: they clean up, and do not go on.
            Assert.True(
                scenario.CancelledAt is not { } at || Aio.RunningLoop.Time - at.Time <= 1.Seconds() || at.Time > 9.Seconds());

            async Coroutine Count(int seconds)
            {
                running++;
                try
                {
                    await Aio.Sleep(seconds.Seconds());
                }
                finally
                {
                    await Aio.CancelScope(async _ => await Aio.Sleep(1.Seconds()), shield: true);
                    running--;
                }
            }
        });
        all.Add("Aio.TaskGroup<T>(Func<TaskGroup, Coroutine<T>>)", async scenario =>
        {
            LoopTask? failing = null;
            AggregateException? errors = null;
            LoopTask target = scenario.Target(Run());
            await End(target);
            Assert.True(failing?.IsDone ?? scenario.CancelledAt is { Number: 0 });

            // An error is never lost to a cancellation, and no cancellation to an error.
            Assert.Equal(failing is { IsCancelled: false }, errors is not null);
            Assert.True(scenario.CancelledAt is not { } at || at.Time > 2.Seconds() || target.IsCancelled);

            async Coroutine Run()
            {
                try
                {
                    await Aio.TaskGroup(async group =>
                    {
                        failing = group.CreateTask(Fail());
                        return await Later(5, 1);
                    });
                }
                catch (AggregateException e)
                {
                    errors = e;
                }

                await Aio.Sleep(1.Seconds());
            }
        });
        all.Add(
            "TaskGroup.CreateTask(Coroutine, String, ExecutionContext, Boolean?, CancellationToken, String, Int32)",
            async scenario => await CancelTaskOfGroup(scenario, group => group.CreateTask(Aio.Sleep(1.Seconds()))));
        all.Add(
            "TaskGroup.CreateTask<T>(Coroutine<T>, String, ExecutionContext, Boolean?, CancellationToken, String, Int32)",
            async scenario => await CancelTaskOfGroup(scenario, group => group.CreateTask(Later(1, 1))));
        AddTimeouts(all);
        AddScopes(all);

        static async Coroutine Fail()
        {
            await Aio.Sleep(2.Seconds());
            throw new InvalidDataException();
        }
    }

    /// <summary>A task that was cancelled is no failure of its group.</summary>
    private static async Coroutine CancelTaskOfGroup(CancelScenario scenario, Func<TaskGroup, LoopTask> create) =>
        await Aio.TaskGroup(async group =>
        {
            LoopTask task = create(group);
            await End(scenario.Target((Future)task));
            await EndAll(task);
        });

    private static void AddTimeouts(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.Timeout(TimeSpan?, Func<TimeoutScope, Coroutine>)", async scenario =>
        {
            TimeoutScope? scope = null;
            LoopTask target = scenario.Target(Aio.Timeout(2.Seconds(), async timeout =>
            {
                scope = timeout;
                await Aio.Sleep(9.Seconds());
            }));
            await End(target);

            // Who asks from outside outranks the deadline, also when both come at once.
            Assert.Equal(scenario.CancelledAt is not null, target.IsCancelled);
            Assert.True(target.IsCancelled || (target.Exception is TimeoutException && scope!.IsExpired));
        });
        all.Add("Aio.Timeout<T>(TimeSpan?, Func<TimeoutScope, Coroutine<T>>)", async scenario =>
        {
            LoopTask<int> target = scenario.Target(Aio.Timeout(5.Seconds(), async _ => await Later(1, 1)));
            await End(target);
            Assert.True(target.IsCancelled || target.Result == 1);

            // No timer is left that would cancel the task later.
            await Aio.Sleep(9.Seconds());
        });
    }

    private static void AddScopes(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.CancelScope(Func<CancelScope, Coroutine>, TimeSpan?, Boolean)", async scenario =>
        {
            LoopTask<CancelScope> target = scenario.Target(Aio.CancelScope(
                async _ => await Aio.Sleep(9.Seconds()), delay: 2.Seconds()));
            await End(target);

            // A scope takes in its own cancellation, and nobody else's.
            Assert.Equal(scenario.CancelledAt is not null, target.IsCancelled);
            Assert.True(target.IsCancelled || target.Result.CaughtCancellation);
        });
        all.Add("Aio.CancelScope<T>(Func<CancelScope, Coroutine<T>>, T, TimeSpan?, Boolean)", async scenario =>
        {
            // The shield holds everything off: the body ends at its time.
            int result = 0;
            LoopTask<int> target = scenario.Target(Aio.CancelScope(
                async _ => result = await Later(2, 1), whenCancelled: -1, shield: true));
            await End(target);
            Assert.Equal(scenario.CancelledAt is { Number: 0 } && target.IsCancelled ? 0 : 1, result);
        });
    }

    private static void AddTasks(Dictionary<string, Scenario> all)
    {
        all.Add(
            "Aio.CreateTask(Coroutine, String, ExecutionContext, Boolean?, CancellationToken, String, Int32)",
            async scenario => await EndGather(scenario, Aio.CreateTask(Aio.Sleep(1.Seconds()))));
        all.Add(
            "Aio.CreateTask<T>(Coroutine<T>, String, ExecutionContext, Boolean?, CancellationToken, String, Int32)",
            async scenario => await EndGather(scenario, Aio.CreateTask(Later(1, 1))));
        all.Add(
            "EventLoop.CreateTask(Coroutine, String, ExecutionContext, Boolean?, CancellationToken, String, Int32)",
            async scenario => await EndGather(
                scenario, Aio.RunningLoop.CreateTask(Aio.Sleep(1.Seconds()), eagerStart: true)));
        all.Add(
            "EventLoop.CreateTask<T>(Coroutine<T>, String, ExecutionContext, Boolean?, CancellationToken, String, Int32)",
            async scenario => await EndGather(scenario, Aio.RunningLoop.CreateTask(Later(1, 1), eagerStart: true)));
        all.Add("EventLoop.CreateFuture<T>(String, Int32)", async scenario =>
            await End(scenario.Target(FutureLater(1, 1))));
    }
}

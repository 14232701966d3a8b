using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddWaits(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.Sleep(TimeSpan)", async scenario => await End(scenario.Target(Aio.Sleep(1.Seconds()))));
        all.Add("Aio.Sleep<T>(TimeSpan, T)", async scenario =>
        {
            LoopTask<int> target = scenario.Target(Aio.Sleep(1.Seconds(), 7));
            await End(target);
            Assert.True(target.IsCancelled || target.Result == 7);
        });
        all.Add("Aio.Yield()", async scenario =>
        {
            await End(scenario.Target(Yield()));

            static async Coroutine Yield() => await Aio.Yield();
        });
        all.Add("Aio.Wait<TFuture>(IEnumerable<TFuture>, TimeSpan?, WhenDone)", async scenario =>
        {
            LoopTask<int>[] tasks = [TaskLater(1, 1), TaskLater(5, 5)];
            LoopTask<WaitResult<LoopTask<int>>> target = scenario.Target(Aio.Wait(tasks, 3.Seconds()));
            await End(target);

            // Nobody listens to the tasks any more, and nobody sleeps but they.
            Assert.All(tasks, task => Assert.DoesNotContain("callbacks", task.ToString()));
            Assert.Equal(tasks.Count(task => !task.IsDone), Aio.RunningLoop.Timers.PendingCount);

            // Cancelling the wait is nothing to those that are waited for.
            int[] results = await Aio.Gather(tasks);
            Assert.Equal([1, 5], results);
            Assert.True(target.IsCancelled || target.Result.Pending.Single() == tasks[1]);
        });
        all.Add("CompletionEnumerator<TFuture>.MoveNextAsync()", CancelAsCompleted);
        AddWaitFors(all);
        AddShields(all);
    }

    private static async Coroutine CancelAsCompleted(CancelScenario scenario)
    {
        LoopTask<int>[] tasks = [TaskLater(1, 1), TaskLater(2, 2)];
        CompletionSequence<LoopTask<int>> sequence = Aio.AsCompleted<LoopTask<int>>(tasks, 9.Seconds());
        CompletionEnumerator<LoopTask<int>> enumerator = sequence.GetAsyncEnumerator();
        var results = new List<int>();
        LoopTask<bool> target = scenario.Target(enumerator.MoveNextAsync());
        await Aio.Yield();
        LoopTask<TimeSpan> other = Aio.CreateTask(GetAnother());
        await End(target);
        if (!target.IsCancelled)
        {
            results.Add(enumerator.Current.Result);
        }

        // What the target was woken for goes to the other one, at once.
        Assert.Equal(target.IsCancelled ? 1.Seconds() : 2.Seconds(), await other);
        while (await enumerator.MoveNextAsync())
        {
            results.Add(enumerator.Current.Result);
        }

        Assert.Equal([1, 2], results);

        async Coroutine<TimeSpan> GetAnother()
        {
            CompletionEnumerator<LoopTask<int>> another = sequence.GetAsyncEnumerator();
            Assert.True(await another.MoveNextAsync());
            results.Add(another.Current.Result);
            return Aio.RunningLoop.Time;
        }
    }

    private static void AddWaitFors(Dictionary<string, Scenario> all)
    {
        // What the coroutine held is given back, whether it ended, was too slow, or was cancelled.
        all.Add("Aio.WaitFor<T>(Coroutine<T>, TimeSpan?)", async scenario =>
        {
            int held = 0;
            Coroutine<int> body = Hold();
            LoopTask<int> target = scenario.Target(Aio.WaitFor(body, 5.Seconds()));
            await End(target);
            body.Discard();
            Assert.Equal(0, held);
            Assert.True(target.IsCancelled || target.Result == 1);

            async Coroutine<int> Hold()
            {
                held++;
                try
                {
                    return await Later(1, 1);
                }
                finally
                {
                    held--;
                }
            }
        });
        all.Add("Aio.WaitFor(Awaitable, TimeSpan?)", async scenario =>
        {
            Coroutine body = Aio.Sleep(9.Seconds());
            LoopTask target = scenario.Target(Aio.WaitFor(body, 2.Seconds()));
            await End(target);
            body.Discard();
            Assert.True(target.IsCancelled || target.Exception is TimeoutException);
            Assert.True(target.IsCancelled || target.Cancelling() == 0);
        });
        all.Add("Aio.WaitFor<T>(IAwaitable<T>, TimeSpan?)", async scenario =>
        {
            Future<int> future = FutureLater(1, 1);
            LoopTask<int> target = scenario.Target(Aio.WaitFor(future, 5.Seconds()));
            await End(target);
            Assert.True(future.IsDone || scenario.CancelledAt is { Number: 0 });
            Assert.True(target.IsCancelled || target.Result == 1);
        });
        all.Add("Aio.WaitFor<T>(Task<T>, TimeSpan?)", async scenario =>
        {
            Task<int> task = BclLater(9);
            LoopTask<int> target = scenario.Target(Aio.WaitFor(task, 2.Seconds()));
            await End(target);
            Assert.True(target.IsCancelled || target.Exception is TimeoutException);
            Assert.Equal(9, await task);
        });
        all.Add("Aio.WaitFor<T>(ValueTask<T>, TimeSpan?)", async scenario =>
        {
            LoopTask<int> target = scenario.Target(Aio.WaitFor(new ValueTask<int>(BclLater(1)), 5.Seconds()));
            await End(target);
            Assert.True(target.IsCancelled || target.Result == 1);
            await Aio.Sleep(9.Seconds());
        });
    }

    private static void AddShields(Dictionary<string, Scenario> all)
    {
        // Whatever happens to the shield, what is behind it ends well, at its time.
        all.Add("Aio.Shield<T>(Coroutine<T>)", async scenario =>
        {
            bool ended = false;
            LoopTask target = scenario.Target(Aio.Shield(Behind()));
            await End(target);
            await Aio.Sleep(2.Seconds());
            Assert.True(ended);

            async Coroutine<int> Behind()
            {
                int result = await Later(1, 1);
                ended = true;
                return result;
            }
        });
        all.Add("Aio.Shield(Awaitable)", async scenario =>
        {
            bool ended = false;
            await End(scenario.Target(Aio.Shield(Behind())));
            await Aio.Sleep(2.Seconds());
            Assert.True(ended);

            async Coroutine Behind()
            {
                await Aio.Sleep(1.Seconds());
                ended = true;
            }
        });
        all.Add("Aio.Shield<T>(IAwaitable<T>)", async scenario =>
        {
            LoopTask<int> task = TaskLater(1, 1);
            await End(scenario.Target(Aio.Shield(task)));
            Assert.Equal(1, await task);
        });
        all.Add("Aio.Shield<T>(Task<T>)", async scenario =>
        {
            Task<int> task = BclLater(1);
            await End(scenario.Target(Aio.Shield(task)));
            Assert.Equal(1, await task);
        });
        all.Add("Aio.Shield<T>(ValueTask<T>)", async scenario =>
        {
            await End(scenario.Target(Aio.Shield(new ValueTask<int>(BclLater(1)))));
            await Aio.Sleep(9.Seconds());
        });
        all.Add("Aio.EnsureFuture(Awaitable)", async scenario =>
            await EndGather(scenario, Aio.EnsureFuture(Later(1, 1))));
        all.Add("Aio.WrapFuture<T>(ValueTask<T>)", async scenario =>
        {
            await End(scenario.Target(Aio.WrapFuture(new ValueTask<int>(BclLater(1)))));
            await Aio.Sleep(9.Seconds());
        });
        all.Add("Aio.WrapFuture(ValueTask)", async scenario =>
        {
            await End(scenario.Target(Aio.WrapFuture(new ValueTask(BclLater(1)))));
            await Aio.Sleep(9.Seconds());
        });
        all.Add("Aio.WrapFuture<T>(Task<T>)", async scenario =>
        {
            var source = new TaskCompletionSource<int>();
            After(1.Seconds(), () => source.SetResult(1));
            await End(scenario.Target(Aio.WrapFuture(source.Task)));
            Assert.Equal(1, await source.Task);
        });
        all.Add("Aio.WrapFuture(Task)", async scenario =>
        {
            var source = new TaskCompletionSource();
            After(1.Seconds(), source.SetResult);
            await End(scenario.Target(Aio.WrapFuture(source.Task)));
            await source.Task;
        });
    }
}

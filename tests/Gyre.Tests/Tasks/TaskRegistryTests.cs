using System.Collections.Concurrent;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>Which task runs, and which there are.</summary>
public class TaskRegistryTests
{
    /// <summary>CPython: BaseTaskTests.test_current_task.</summary>
    [Fact]
    public void CurrentTask_OutsideOfATask_IsNull()
    {
        using var test = new TestLoop();
        Assert.Null(test.Loop.CurrentTask);
        Assert.Throws<InvalidOperationException>(() => Aio.CurrentTask);
        Assert.Throws<InvalidOperationException>(() => Aio.CancellationToken);
        LoopTask? seen = null;
        bool ran = false;
        test.Loop.CallSoon(() =>
        {
            seen = Aio.CurrentTask;
            ran = true;
            Assert.Throws<InvalidOperationException>(() => Aio.CancellationToken);
        });
        test.Turn();
        Assert.True(ran);
        Assert.Null(seen);
        Assert.Empty(test.Reports);
    }

    /// <summary>CPython: BaseTaskTests.test_current_task_with_interleaving_tasks.</summary>
    [Fact]
    public void CurrentTask_OfTasksInTurns_IsAlwaysTheOneThatRuns() => Run(async () =>
    {
        LoopTask[] tasks = new LoopTask[5];
        for (int i = 0; i < tasks.Length; i++)
        {
            tasks[i] = Aio.CreateTask(Check(i));
        }

        await Aio.Gather(tasks);

        async Coroutine Check(int n)
        {
            for (int i = 0; i < 5; i++)
            {
                Assert.Same(tasks[n], Aio.CurrentTask);
                await Inner(n);
                await Aio.Sleep((n % 2).Seconds());
            }
        }

        async Coroutine Inner(int n)
        {
            await Aio.Yield();
            Assert.Same(tasks[n], Aio.CurrentTask);
        }
    });

    [Fact]
    public void CurrentTask_InADoneCallback_IsNull() => Run(async () =>
    {
        LoopTask? seen = Aio.CurrentTask;
        LoopTask task = Aio.CreateTask(default(Coroutine));
        task.AddDoneCallback(_ => seen = Aio.CurrentTask);
        await task;
        await Turns();
        Assert.Null(seen);
    });

    [Fact]
    public void AllTasks_AreThePendingOnesInTheOrderOfTheirCreation() => Run(async () =>
    {
        LoopTask main = Aio.CurrentTask!;
        LoopTask a = Aio.CreateTask(Aio.Sleep(3.Seconds()), "a");
        LoopTask b = Aio.CreateTask(Aio.Sleep(1.Seconds()), "b");
        LoopTask c = Aio.CreateTask(Aio.Sleep(2.Seconds()), "c");
        Assert.Equal([main, a, b, c], Aio.AllTasks());
        await b;
        Assert.Equal([main, a, c], Aio.AllTasks());
        await a;
        Assert.Equal([main], Aio.AllTasks());
        Assert.Equal(Aio.AllTasks(), EventLoop.Running.AllTasks());
    });

    /// <summary>However many there are, and in whatever order they end.</summary>
    [Fact]
    public void AllTasks_OfThousandsThatEndInAnyOrder_StayInTheOrderOfTheirCreation() => Run(async () =>
    {
        var random = new Random(1);
        var expected = new List<LoopTask> { Aio.CurrentTask! };
        var ends = new Dictionary<LoopTask, Future<bool>>();
        foreach (int goal in new[] { 5000, 40, 3000, 2990, 1030, 1020, 1030, 17, 15, 17, 1, 4000, 1 })
        {
            while (expected.Count < goal)
            {
                Future<bool> end = EventLoop.Running.CreateFuture<bool>();
                LoopTask task = Aio.CreateTask(Wait(end));
                expected.Add(task);
                ends.Add(task, end);
                if (random.Next(50) == 0)
                {
                    await EndOne();
                }
            }

            while (expected.Count > goal)
            {
                await EndOne();
            }

            Assert.Equal(expected, Aio.AllTasks());
        }

        async Coroutine EndOne()
        {
            LoopTask task = expected[random.Next(2) == 0 ? expected.Count - 1 : random.Next(1, expected.Count)];
            expected.Remove(task);
            ends[task].SetResult(true);
            await task;
        }

        static async Coroutine Wait(Future<bool> end) => await end;
    });

    [Fact]
    public void AllTasks_IsASnapshot() => Run(async () =>
    {
        IReadOnlyList<LoopTask> before = Aio.AllTasks();
        LoopTask task = Aio.CreateTask(default(Coroutine));
        Assert.NotNull(Assert.Single(before));
        await task;
    });

    [Fact]
    public void AllTasks_OfALoopWithoutTasks_IsEmpty()
    {
        using var test = new TestLoop();
        Assert.Empty(test.Loop.AllTasks());
    }

    [Fact]
    public void AllTasks_OfTwoLoops_AreKeptApart()
    {
        using var first = new TestLoop();
        using var second = new TestLoop();
        LoopTask task = first.Loop.CreateTask(default(Coroutine));
        Assert.Equal([task], first.Loop.AllTasks());
        Assert.Empty(second.Loop.AllTasks());
        first.Turn();
    }

    /// <summary>CPython: TestFreeThreading.test_all_tasks_race.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AllTasks_OfLoopsOnManyThreads_AreEachLoopsOwn(bool eager)
    {
        var errors = new ConcurrentBag<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, 10).Select(_ => new Thread(() =>
        {
            try
            {
                Run(Main);
            }
            catch (Exception e)
            {
                errors.Add(e); // The test's own thread throws it.
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(errors);

        async Coroutine Main()
        {
            Future<int> future = EventLoop.Running.CreateFuture<int>();
            var tasks = new List<LoopTask> { Aio.CurrentTask! };
            for (int i = 0; i < 100; i++)
            {
                tasks.Add(Aio.CreateTask(Wait(future), eagerStart: eager));
            }

            Assert.Equal(tasks, Aio.AllTasks());
            Assert.All(tasks, task => Assert.Same(EventLoop.Running, task.Loop));
            Assert.All(tasks, task => Assert.False(task.IsDone));
            future.SetResult(1);
            await Aio.Gather(tasks.Skip(1));
        }

        static async Coroutine Wait(Future<int> future) => await future;
    }

    /// <summary>CPython: BaseCurrentLoopTests.test_current_task_with_implicit_loop.</summary>
    [Fact]
    public void CurrentTask_OfTheLoop_IsThatOfAioWhileItRuns()
    {
        using var test = new TestLoop();
        LoopTask? task = null;
        task = test.Loop.CreateTask(Check());
        test.Loop.RunUntilComplete(task);
        Assert.Null(test.Loop.CurrentTask);

        async Coroutine Check()
        {
            Assert.Same(task, test.Loop.CurrentTask);
            Assert.Same(task, Aio.CurrentTask);
            await Aio.Yield();
            Assert.Same(task, test.Loop.CurrentTask);
        }
    }

    /// <summary>CPython: BaseTaskTests.test_error_in_call_soon: a task that cannot be started is none.</summary>
    [Fact]
    public void CreateTask_OnAClosedLoop_IsRefusedAndLeavesNoTask()
    {
        var test = new TestLoop();
        test.Dispose();
        Coroutine coroutine = Aio.Sleep(1.Seconds());
        Assert.Throws<InvalidOperationException>(() => test.Loop.CreateTask(coroutine));
        Assert.Empty(test.Loop.AllTasks());
        coroutine.Discard();
        Assert.Empty(test.Reports);
    }

    /// <summary>CPython: BaseTaskTests.test_ensure_future_coroutine.</summary>
    [Fact]
    public void CreateTask_WithoutALoop_TakesTheRunningOneAndRefusesWhereThereIsNone()
    {
        using var test = new TestLoop();
        LoopTask<int> given = test.Loop.CreateTask(Aio.Sleep(1.Seconds(), 1));
        Assert.Same(test.Loop, given.Loop);
        LoopTask<int>? running = null;
        test.Loop.CallSoon(() => running = Aio.CreateTask(Aio.Sleep(1.Seconds(), 2)));
        test.Turn();
        Assert.Same(test.Loop, running!.Loop);
        test.Loop.RunUntilComplete(running);
        Assert.Equal(1, given.Result);
        Assert.Equal(2, running.Result);

        Coroutine<int> coroutine = Aio.Sleep(1.Seconds(), 3);
        Assert.Throws<InvalidOperationException>(() => Aio.CreateTask(coroutine));
        Assert.Equal(3, test.Loop.RunUntilComplete(coroutine));
    }
}

using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>A request to cancel reaches into plain <c>async</c> methods that a task awaits, and into async
/// iterators.</summary>
public partial class PlainCodeCancellationTests
{
    /// <summary>Guarantee G-54. asyncio: an async generator is a part of the task that iterates it.</summary>
    [Fact]
    public void Cancel_InsideAnIterator_ArrivesAtItsAwaitAndRunsItsFinallyBlocks() => Run(async () =>
    {
        var log = new List<string>();
        LoopTask task = Aio.CreateTask(Consume());
        await Aio.Sleep(1.5.Seconds());
        task.Cancel("enough");
        CancelledException error = await Throws<CancelledException>(task);
        Assert.Equal("enough", error.CancelMessage);
        Assert.True(task.IsCancelled);
        Assert.Equal(["item 0", "inside: enough", "cleaned up", "outside: enough"], log);
        Assert.Equal(2.5.Seconds(), EventLoop.Running.Time);

        async Coroutine Consume()
        {
            try
            {
                await foreach (int item in Items())
                {
                    log.Add($"item {item}");
                }
            }
            catch (CancelledException e)
            {
                log.Add("outside: " + e.CancelMessage);
                throw;
            }
        }

        async IAsyncEnumerable<int> Items()
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    await Wait(log);
                    yield return i;
                }
            }
            finally
            {
                await Aio.Sleep(1.Seconds());
                log.Add("cleaned up");
            }
        }

        static async Task Wait(List<string> log)
        {
            try
            {
                await Aio.Sleep(1.Seconds());
            }
            catch (CancelledException e)
            {
                log.Add("inside: " + e.CancelMessage);
                throw;
            }
        }
    });

    /// <summary>Guarantee G-54.</summary>
    [Theory]
    [InlineData("task")]
    [InlineData("task of a value")]
    [InlineData("value task")]
    [InlineData("nested")]
    [InlineData("several")]
    [InlineData("future")]
    [InlineData("loop task")]
    [InlineData("iterator")]
    [InlineData("nested iterator")]
    public void Cancel_InsidePlainCode_ArrivesAtOnce(string kind) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Call());
        await Aio.Sleep(10.Seconds());
        task.Cancel("m");
        CancelledException error = await Throws<CancelledException>(task);
        Assert.Equal("m", error.CancelMessage);
        Assert.Equal(10.Seconds(), EventLoop.Running.Time);

        async Coroutine Call()
        {
            switch (kind)
            {
                case "task":
                    await PlainTask();
                    break;
                case "task of a value":
                    await PlainTaskOfInt();
                    break;
                case "value task":
                    await PlainValueTask();
                    break;
                case "nested":
                    await Nested(5);
                    break;
                case "several":
                    await Task.WhenAll(PlainTask(), Nested(2), PlainTaskOfInt());
                    break;
                case "future":
                    await OnFuture(EventLoop.Running.CreateFuture<int>());
                    break;
                case "loop task":
                    await OnFuture(Aio.CreateTask(Forever()));
                    break;
                case "iterator":
                    await foreach (int _ in Iterator())
                    {
                    }

                    break;
                default:
                    await foreach (int _ in Outer())
                    {
                    }

                    break;
            }
        }

        static async Task OnFuture(Future future) => await future;
    });

    [Fact]
    public void PlainCode_ThatSwallowsTheRequest_HasAnsweredIt() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Consume());
        await Aio.Sleep(1.Seconds());
        task.Cancel();
        Assert.Equal(7, await task);
        Assert.Equal(6.Seconds(), EventLoop.Running.Time);
        Assert.Equal(1, task.Cancelling());

        static async Coroutine<int> Consume()
        {
            int last = 0;
            await foreach (int item in Stubborn())
            {
                last = item;
                await Aio.Sleep(2.Seconds());
            }

            return last;
        }

        static async IAsyncEnumerable<int> Stubborn()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                await Aio.Sleep(3.Seconds());
            }

            yield return 7;
        }
    });

    [Fact]
    public void PlainCode_ThatCleansUpWithABclAwait_IsNotDisturbed() => Run(async () =>
    {
        bool cleanedUp = false;
        LoopTask task = Aio.CreateTask(Call());
        await Turns(3);
        task.Cancel("m");
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.True(cleanedUp);

        async Coroutine Call()
        {
            try
            {
                await Plain();
            }
            finally
            {
                // The request has arrived: this wait is none of its business.
                await Aio.Sleep(1.Seconds());
                cleanedUp = true;
            }
        }

        static async Task Plain()
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Task.Run(() => { });
            }
        }
    });

    [Fact]
    public void PlainCode_ThatNobodyAwaits_IsLeftAlone() => Run(async () =>
    {
        Task background = Task.CompletedTask;
        var foreign = new TaskCompletionSource();
        LoopTask task = Aio.CreateTask(Call());
        await Aio.Sleep(1.Seconds());
        task.Cancel("m");
        await Turns(3);
        Assert.False(task.IsDone);
        foreign.SetResult();
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        await background;
        Assert.Equal(5.Seconds(), EventLoop.Running.Time);

        async Coroutine Call()
        {
            background = Sleeper(2);
            await foreign.Task;
            await Forever();
        }

        static async Task Sleeper(int level)
        {
            if (level > 0)
            {
                await Sleeper(level - 1);
            }
            else
            {
                await Aio.Sleep(5.Seconds());
            }
        }
    });

    [Fact]
    public void Cancel_WhenTheResultHasCome_TakesItsPlace() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        bool gotIt = false;
        LoopTask task = Aio.CreateTask(Call());
        await Turns(3);
        future.SetResult(1);
        task.Cancel("m");
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.False(gotIt);

        async Coroutine Call() => await Plain();

        async Task Plain()
        {
            await future;
            gotIt = true;
            await Aio.Sleep(1.Seconds());
        }
    });

    [Fact]
    public void Cancel_InAYieldOfPlainCode_ArrivesThere() => Run(async () =>
    {
        int turns = 0;
        LoopTask task = Aio.CreateTask(Call());
        await Turns(5);
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.InRange(turns, 1, 5);

        async Coroutine Call() => await Spin();

        async Task Spin()
        {
            while (true)
            {
                await Aio.Yield();
                turns++;
            }
        }
    });

    [Fact]
    public void Cancel_BeforeThePlainCodeIsCalled_ArrivesAtItsFirstAwait() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Call());
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);

        static async Coroutine Call()
        {
            Aio.CurrentTask!.Cancel("m");
            await foreach (int _ in Iterator())
            {
            }
        }
    });

    [Fact]
    public void Request_ThatACoroutineOfPlainCodeDidNotAnswer_IsDeliveredAtTheNextAwait() => Run(async () =>
    {
        LoopTask? task = null;
        int result = 0;
        task = Aio.CreateTask(Call());
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal(3, result);

        async Coroutine Call() => await Plain();

        async Task Plain()
        {
            result = await CancelCaller();
            await Forever();
        }

        async Coroutine<int> CancelCaller()
        {
            await Aio.Sleep(1.Seconds());
            task!.Cancel("m");
            return 3;
        }
    });

    [Fact]
    public void CurrentTask_InPlainCode_IsTheTaskThatAwaitsIt() => Run(async () =>
    {
        LoopTask task = Aio.CurrentTask!;
        await foreach (int _ in Check(5))
        {
            Assert.Same(task, Aio.CurrentTask);
        }

        async IAsyncEnumerable<int> Check(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.Same(task, Aio.CurrentTask);
                await Aio.Sleep(1.Seconds());
                Assert.Same(task, Aio.CurrentTask);
                Assert.False(Aio.CancellationToken.IsCancellationRequested);
                await EventLoop.Running.CreateTask(Aio.Sleep(1.Seconds()));
                Assert.Same(task, Aio.CurrentTask);
                yield return i;
            }
        }
    });

    private static async Task PlainTask() => await Forever();

    private static async Task<int> PlainTaskOfInt()
    {
        await Aio.Sleep(1.Seconds());
        await Forever();
        return 1;
    }

    private static async ValueTask PlainValueTask()
    {
        await Aio.Yield();
        await Forever();
    }

    private static async Task<int> Nested(int level) => level == 0 ? await PlainTaskOfInt() : await Nested(level - 1);

    private static async IAsyncEnumerable<int> Iterator()
    {
        for (int i = 0; i < 3; i++)
        {
            await Aio.Sleep(1.Seconds());
            yield return i;
        }

        await Forever();
    }

    private static async IAsyncEnumerable<int> Outer()
    {
        await foreach (int item in Iterator())
        {
            if (item > 0)
            {
                yield return item;
            }
        }
    }
}

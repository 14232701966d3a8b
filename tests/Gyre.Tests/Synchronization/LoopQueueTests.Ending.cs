using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

// Joining, shutting down and enumerating.
public partial class LoopQueueTests
{
    public static TheoryData<string> Kinds => ["fifo", "lifo", "priority"];

    /// <summary>CPython: _QueueJoinTestMixin.test_task_done_underflow.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void TaskDone_MoreOftenThanPut_IsAnError(string kind)
    {
        LoopQueue<int> queue = Make<int>(kind);
        var error = Assert.Throws<InvalidOperationException>(queue.TaskDone);
        Assert.Contains("once for each item", error.Message);
        Assert.Equal(0, queue.UnfinishedCount);
    }

    /// <summary>CPython: _QueueJoinTestMixin.test_task_done. Guarantee G-77.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void JoinAsync_WithWorkers_ReturnsWhenEverythingIsDone(string kind) => Run(async () =>
    {
        LoopQueue<int> queue = Make<int>(kind);
        Assert.All(Enumerable.Range(0, 100), item => Assert.True(queue.TryPut(item)));
        int sum = 0;
        LoopTask[] workers = [Aio.CreateTask(Work()), Aio.CreateTask(Work())];
        await queue.JoinAsync();
        Assert.Equal(4950, sum);
        Assert.Equal(0, queue.UnfinishedCount);
        queue.Shutdown();
        await Aio.Gather(workers);

        async Coroutine Work()
        {
            await foreach (int item in queue)
            {
                await Aio.Sleep(1.Seconds());
                sum += item;
                queue.TaskDone();
            }
        }
    });

    /// <summary>CPython: _QueueJoinTestMixin.test_join_empty_queue.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void JoinAsync_OfAnEmptyQueue_DoesNotYield(string kind) => Run(async () =>
    {
        LoopQueue<int> queue = Make<int>(kind);
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        await queue.JoinAsync();
        await queue.JoinAsync();
        Assert.False(other);
    });

    /// <summary>CPython: _QueueShutdownTestMixin.test_shutdown_empty. Guarantee G-76.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shutdown_OfAnEmptyQueue_WakesGetters(string kind) => Run(async () =>
    {
        LoopQueue<string> queue = Make<string>(kind);
        LoopTask<string> getter = Aio.CreateTask(queue.GetAsync());
        await Turns();
        queue.Shutdown();
        Assert.True(queue.IsShutDown);
        await queue.JoinAsync();
        await Turns();
        await Throws<QueueShutDownException>(getter);
        await AssertEnded(queue);
    });

    /// <summary>CPython: _QueueShutdownTestMixin.test_shutdown_nonempty. Guarantee G-76.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shutdown_OfAQueueWithItems_LetsThemBeGot(string kind) => Run(async () =>
    {
        LoopQueue<string> queue = Make<string>(kind, maxSize: 1);
        queue.TryPut("data");
        LoopTask join = Aio.CreateTask(queue.JoinAsync());
        LoopTask put = Aio.CreateTask(queue.PutAsync("data2"));
        await Turns();
        Assert.False(put.IsDone);
        queue.Shutdown();
        Assert.Equal(1, queue.Count);
        await Turns();
        Assert.True(put.IsDone);
        await Throws<QueueShutDownException>(put);
        Assert.Equal("data", await queue.GetAsync());
        await Turns();
        Assert.False(join.IsDone);
        await AssertEnded(queue);
        queue.TaskDone();
        await Turns();
        Assert.True(join.IsDone);
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
    });

    /// <summary>CPython: _QueueShutdownTestMixin.test_shutdown_immediate.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shutdown_Immediate_DropsItemsAndCountsThemDone(string kind) => Run(async () =>
    {
        LoopQueue<string> queue = Make<string>(kind);
        queue.TryPut("data");
        LoopTask join = Aio.CreateTask(queue.JoinAsync());
        queue.Shutdown(immediate: true);
        Assert.Equal(0, queue.Count);
        await Turns();
        Assert.True(join.IsDone);
        await AssertEnded(queue);
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
    });

    /// <summary>CPython: _QueueShutdownTestMixin.test_shutdown_immediate_with_unfinished.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shutdown_ImmediateWithWorkInHand_StillWaitsForIt(string kind) => Run(async () =>
    {
        LoopQueue<string> queue = Make<string>(kind);
        queue.TryPut("data");
        queue.TryPut("data");
        LoopTask join = Aio.CreateTask(queue.JoinAsync());
        Assert.Equal("data", await queue.GetAsync());
        queue.Shutdown(immediate: true);
        Assert.Equal(0, queue.Count);
        await Turns();
        Assert.False(join.IsDone);
        await AssertEnded(queue);
        queue.TaskDone();
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
        await Turns();
        Assert.True(join.IsDone);
    });

    [Fact]
    public void Shutdown_ImmediateAfterTaskDoneForItemsInside_DoesNotGoBelowZero()
    {
        var queue = new LoopQueue<int>();
        queue.TryPut(1);
        queue.TryPut(2);
        queue.TaskDone();
        queue.Shutdown(immediate: true);
        Assert.Equal(0, queue.UnfinishedCount);
    }

    [Fact]
    public void AwaitForeach_UntilShutdown_GetsEveryItem() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        var got = new List<int>();
        LoopTask consumer = Aio.CreateTask(Consume());
        for (int i = 0; i < 3; i++)
        {
            await Aio.Sleep(1.Seconds());
            queue.TryPut(i);
        }

        queue.TryPut(3);
        queue.Shutdown();
        await consumer;
        Assert.Equal([0, 1, 2, 3], got);

        async Coroutine Consume()
        {
            await foreach (int item in queue)
            {
                got.Add(item);
            }
        }
    });

    [Fact]
    public void AwaitForeach_LeftEarlyOrCancelled_LosesNoItem() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        queue.TryPut(1);
        queue.TryPut(2);
        await foreach (int item in queue)
        {
            Assert.Equal(1, item);
            break;
        }

        Assert.Equal(2, await queue.GetAsync());
        LoopTask consumer = Aio.CreateTask(Consume());
        await Turns();
        queue.TryPut(3);
        consumer.Cancel();
        await Throws<CancelledException>(consumer);
        Assert.Equal(3, await queue.GetAsync());

        async Coroutine Consume()
        {
            await foreach (int item in queue)
            {
                Assert.Fail($"{item} was got by a cancelled task");
            }
        }
    });

    [Fact]
    public void AsyncEnumerable_ForCodeThatKnowsOnlyTheInterface_GetsItemsAndObeysItsToken() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        queue.TryPut(1);
        using var source = new CancellationTokenSource();
        var got = new List<int>();
        await Throws<TaskCanceledException>(async () =>
        {
            await foreach (int item in ((IAsyncEnumerable<int>)queue).WithCancellation(source.Token))
            {
                got.Add(item);
                EventLoop.Running.CallSoon(source.Cancel);
            }
        });
        Assert.Equal([1], got);
        queue.TryPut(2);
        Assert.Equal(2, await queue.GetAsync());
    });

    private static async Coroutine AssertEnded(LoopQueue<string> queue)
    {
        await Throws<QueueShutDownException>(() => queue.PutAsync("late"));
        Assert.Throws<QueueShutDownException>(() => queue.TryPut("late"));
        await Throws<QueueShutDownException>(async () => await queue.GetAsync());
        Assert.Throws<QueueShutDownException>(() => queue.TryGet(out _));
        await foreach (string item in queue)
        {
            Assert.Fail($"{item} is left in a queue that has ended");
        }
    }
}

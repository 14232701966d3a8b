using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

public partial class LoopQueueTests
{
    /// <summary>CPython: QueueBasicTests.test_empty, test_full.</summary>
    [Fact]
    public void Properties_OfABoundedQueue_FollowItsItems()
    {
        var queue = new LoopQueue<int>(maxSize: 2);
        Assert.Equal(2, queue.MaxSize);
        Assert.True(queue.IsEmpty);
        Assert.False(queue.IsFull);
        Assert.True(queue.TryPut(1));
        Assert.False(queue.IsEmpty || queue.IsFull);
        Assert.True(queue.TryPut(2));
        Assert.True(queue.IsFull);
        Assert.Equal(2, queue.Count);
        Assert.Equal(2, queue.UnfinishedCount);
        Assert.True(queue.TryGet(out _) && queue.TryGet(out _));
        Assert.True(queue.IsEmpty);
    }

    /// <summary>CPython: QueueBasicTests.test_maxsize.</summary>
    [Fact]
    public void PutAsync_OfMoreThanThereIsRoomFor_GoesOnAsRoomIsMade() => Run(async () =>
    {
        var queue = new LoopQueue<int>(maxSize: 2);
        var put = new List<int>();
        LoopTask task = Aio.CreateTask(Put());
        await Turns(2);
        Assert.Equal([0, 1], put);
        Assert.Equal(0, await queue.GetAsync());
        await Turns();
        Assert.Equal([0, 1, 2], put);
        Assert.Equal((1, 2), (await queue.GetAsync(), await queue.GetAsync()));
        Assert.True(task.IsDone);

        async Coroutine Put()
        {
            for (int i = 0; i < 3; i++)
            {
                await queue.PutAsync(i);
                put.Add(i);
            }
        }
    });

    /// <summary>CPython: QueueBasicTests.test_full.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void IsFull_WithoutALimit_IsNeverTrue(int maxSize)
    {
        var queue = new LoopQueue<int>(maxSize);
        Assert.All(Enumerable.Range(0, 100), item => Assert.True(queue.TryPut(item)));
        Assert.False(queue.IsFull);
    }

    /// <summary>CPython: QueueBasicTests.test_order, LifoQueueTests.test_order,
    /// PriorityQueueTests.test_order.</summary>
    /// <remarks>Guarantee G-74.</remarks>
    [Theory]
    [InlineData("fifo", new[] { 1, 3, 2 })]
    [InlineData("lifo", new[] { 2, 3, 1 })]
    [InlineData("priority", new[] { 1, 2, 3 })]
    public void GetAsync_OfEachKind_KeepsItsOrder(string kind, int[] expected) => Run(async () =>
    {
        LoopQueue<int> queue = Make<int>(kind);
        foreach (int item in (int[])[1, 3, 2])
        {
            await queue.PutAsync(item);
        }

        Assert.Equal(expected, await Aio.Gather(queue.GetAsync(), queue.GetAsync(), queue.GetAsync()));
    });

    /// <summary>CPython: QueueGetTests.test_blocking_get, test_nonblocking_get,
    /// QueuePutTests.test_blocking_put, test_nonblocking_put.</summary>
    [Fact]
    public void PutAsyncAndGetAsync_WithRoomAndItems_DoNotYield() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        await queue.PutAsync(1);
        Assert.Equal(1, await queue.GetAsync());
        Assert.False(other);
        Assert.True(queue.TryPut(2));
        Assert.True(queue.TryGet(out int item));
        Assert.Equal(2, item);
    });

    /// <summary>CPython: QueueGetTests.test_nonblocking_get_exception,
    /// QueuePutTests.test_nonblocking_put_exception.</summary>
    [Fact]
    public void TryGetAndTryPut_WhereTheyWouldWait_ReturnFalse()
    {
        var queue = new LoopQueue<string>(1);
        Assert.False(queue.TryGet(out string? none));
        Assert.Null(none);
        Assert.True(queue.TryPut("a"));
        Assert.False(queue.TryPut("b"));
        Assert.True(queue.TryGet(out string? item));
        Assert.Equal("a", item);
        Assert.True(queue.IsEmpty);
    }

    /// <summary>CPython: QueueGetTests.test_blocking_get_wait.</summary>
    [Fact]
    public void GetAsync_OfAnEmptyQueue_WaitsForAnItem()
    {
        TimeSpan time = Run(async () =>
        {
            var queue = new LoopQueue<int>();
            EventLoop.Running.CallLater(1.Seconds(), () => queue.TryPut(1));
            Assert.Equal(1, await queue.GetAsync());
        });
        Assert.Equal(1.Seconds(), time);
    }

    /// <summary>CPython: QueuePutTests.test_blocking_put_wait, QueueGetTests.test_get_with_putters.</summary>
    [Fact]
    public void PutAsync_OfAFullQueue_WaitsForRoom()
    {
        TimeSpan time = Run(async () =>
        {
            var queue = new LoopQueue<int>(1);
            EventLoop.Running.CallLater(1.Seconds(), () => queue.TryGet(out _));
            await queue.PutAsync(1);
            await queue.PutAsync(2);
            Assert.True(queue.TryGet(out int item));
            Assert.Equal(2, item);
        });
        Assert.Equal(1.Seconds(), time);
    }

    /// <summary>CPython: QueueGetTests.test_get_cancelled_race.</summary>
    [Fact]
    public void Cancel_OfTheFirstGetter_TheNextGetsTheItem() => Run(async () =>
    {
        var queue = new LoopQueue<string>();
        LoopTask<string> first = Aio.CreateTask(queue.GetAsync());
        LoopTask<string> second = Aio.CreateTask(queue.GetAsync());
        await Turns();
        first.Cancel();
        await Turns();
        Assert.True(first.IsDone);
        await queue.PutAsync("a");
        await Turns();
        Assert.Equal("a", second.Result);
    });

    /// <summary>CPython: QueueGetTests.test_get_with_waiting_putters. Guarantee G-74.</summary>
    [Fact]
    public void GetAsync_WithWaitingPutters_TakesTheirItemsInOrder() => Run(async () =>
    {
        var queue = new LoopQueue<string>(1);
        LoopTask first = Aio.CreateTask(queue.PutAsync("a"));
        LoopTask second = Aio.CreateTask(queue.PutAsync("b"));
        Assert.Equal("a", await queue.GetAsync());
        Assert.Equal("b", await queue.GetAsync());
        await Aio.Gather(first, second);
    });

    /// <summary>CPython: QueuePutTests.test_put_with_waiting_getters, test_put_cancelled.</summary>
    [Fact]
    public void PutAsync_WithAWaitingGetter_WakesIt() => Run(async () =>
    {
        var queue = new LoopQueue<string>();
        LoopTask<string> getter = Aio.CreateTask(queue.GetAsync());
        await Turns();
        await queue.PutAsync("a");
        Assert.Equal("a", await getter);
        LoopTask putter = Aio.CreateTask(queue.PutAsync("b"));
        Assert.Equal("b", await queue.GetAsync());
        Assert.True(putter.IsDone);
    });

    /// <summary>CPython: QueueGetTests.test_why_are_getters_waiting.</summary>
    [Fact]
    public void PutAsyncAndGetAsync_ThroughARoomOfOne_PassEverything() => Run(async () =>
    {
        const int Count = 5;
        var queue = new LoopQueue<int>(1);
        var got = new List<int>();
        await Aio.Gather(Produce(), Consume());
        Assert.Equal([0, 1, 2, 3, 4], got);

        async Coroutine Produce()
        {
            for (int i = 0; i < Count; i++)
            {
                await queue.PutAsync(i);
            }
        }

        async Coroutine Consume()
        {
            for (int i = 0; i < Count; i++)
            {
                got.Add(await queue.GetAsync());
            }
        }
    });

    /// <summary>CPython: QueuePutTests.test_why_are_putters_waiting.</summary>
    [Fact]
    public void TryGet_OfEverything_LetsAllWaitingPuttersIn() => Run(async () =>
    {
        var queue = new LoopQueue<int>(2);
        LoopTask getter = Aio.CreateTask(TakeAll());
        LoopTask[] putters = [.. Enumerable.Range(0, 4).Select(item => Aio.CreateTask(queue.PutAsync(item)))];
        await Aio.Gather([getter, .. putters]);
        Assert.Equal(2, queue.Count);

        async Coroutine TakeAll()
        {
            await Turns();
            for (int count = queue.Count; count > 0; count--)
            {
                Assert.True(queue.TryGet(out _));
            }
        }
    });

    /// <summary>CPython: QueueGetTests.test_cancelled_getters_not_being_held_in_self_getters,
    /// QueuePutTests.test_cancelled_puts_not_being_held_in_self_putters.</summary>
    [Fact]
    public void Cancel_OfWaiters_LeavesNothingInTheQueue() => Run(async () =>
    {
        var queue = new LoopQueue<int>(1);
        await Throws<TimeoutException>(async () => await Aio.WaitFor(queue.GetAsync(), 1.Seconds()));
        Assert.Equal("LoopQueue [count: 0/1]", queue.ToString());
        queue.TryPut(1);
        LoopTask put = Aio.CreateTask(queue.PutAsync(2));
        await Turns();
        Assert.Contains("putters: 1", queue.ToString(), StringComparison.Ordinal);
        put.Cancel();
        await Throws<CancelledException>(put);
        Assert.Equal("LoopQueue [count: 1/1, unfinished: 1]", queue.ToString());
    });

    /// <summary>CPython: QueuePutTests.test_get_cancel_drop_one_pending_reader. Guarantee G-63.</summary>
    [Fact]
    public void Cancel_OfAWokenGetter_LosesNoItem() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        LoopTask<int> reader = Aio.CreateTask(queue.GetAsync());
        await Turns();
        queue.TryPut(1);
        queue.TryPut(2);
        reader.Cancel();
        await Throws<CancelledException>(reader);
        Assert.Equal(1, await queue.GetAsync());
    });

    /// <summary>CPython: QueuePutTests.test_get_cancel_drop_many_pending_readers. Guarantee G-63.</summary>
    [Fact]
    public void Cancel_OfOneOfManyWokenGetters_PassesTheWakeUpOn() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        LoopTask<int>[] readers = [.. Enumerable.Range(0, 3).Select(_ => Aio.CreateTask(queue.GetAsync()))];
        await Turns();
        queue.TryPut(1);
        queue.TryPut(2);
        readers[0].Cancel();
        await Throws<CancelledException>(readers[0]);
        int[] got = [await readers[1], await readers[2]];
        Assert.Equal([1, 2], got.Order());
    });

    /// <summary>CPython: QueuePutTests.test_put_cancel_drop,
    /// test_cancelled_put_silence_value_error_exception.</summary>
    /// <remarks>Guarantee G-63.</remarks>
    [Fact]
    public void Cancel_OfAWokenPutter_PutsNothing() => Run(async () =>
    {
        var queue = new LoopQueue<int>(1);
        queue.TryPut(1);
        LoopTask writer = Aio.CreateTask(queue.PutAsync(2));
        await Turns();
        Assert.True(queue.TryGet(out int first));
        Assert.Equal(1, first);
        writer.Cancel();
        await Throws<CancelledException>(writer);
        Assert.True(queue.IsEmpty);
        await queue.PutAsync(3);
        Assert.Equal(3, await queue.GetAsync());
    });

    /// <summary>Guarantee G-63.</summary>
    [Fact]
    public void Cancel_OfAWokenPutter_PassesTheRoomOn() => Run(async () =>
    {
        var queue = new LoopQueue<int>(1);
        queue.TryPut(1);
        LoopTask cancelled = Aio.CreateTask(queue.PutAsync(2));
        LoopTask next = Aio.CreateTask(queue.PutAsync(3));
        await Turns();
        queue.TryGet(out _);
        cancelled.Cancel();
        await next;
        Assert.Equal(3, await queue.GetAsync());
    });

    /// <summary>CPython: QueuePutTests.test_put_cancelled_race.</summary>
    [Fact]
    public void Cancel_OfALaterPutter_LeavesTheOthers() => Run(async () =>
    {
        var queue = new LoopQueue<string>(1);
        LoopTask a = Aio.CreateTask(queue.PutAsync("a"));
        LoopTask b = Aio.CreateTask(queue.PutAsync("b"));
        LoopTask c = Aio.CreateTask(queue.PutAsync("c"));
        await Turns();
        Assert.True(a.IsDone && !b.IsDone);
        c.Cancel();
        await Turns();
        Assert.True(c.IsCancelled);
        Assert.Equal("a", await queue.GetAsync());
        await Turns();
        Assert.Equal("b", await queue.GetAsync());
        await b;
    });

    [Fact]
    public void TryGet_BeforeTheWokenGetterRuns_TakesTheItemAndTheGetterWaitsOn() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        LoopTask<int> getter = Aio.CreateTask(queue.GetAsync());
        await Turns();
        queue.TryPut(1);
        Assert.True(queue.TryGet(out int item));
        Assert.Equal(1, item);
        await Turns();
        Assert.False(getter.IsDone);
        queue.TryPut(2);
        Assert.Equal(2, await getter);
    });

    /// <summary>CPython: QueueBasicTests.test_repr, test_str, _QueueJoinTestMixin.test_format,
    /// _QueueShutdownTestMixin.test_format.</summary>
    [Fact]
    public void ToString_SaysItemsWaitersAndState() => Run(async () =>
    {
        Assert.Equal("LoopLifoQueue [count: 0]", new LoopLifoQueue<int>().ToString());
        var queue = new LoopPriorityQueue<int>(3);
        Assert.Equal("LoopPriorityQueue [count: 0/3]", queue.ToString());
        LoopTask<int> getter = Aio.CreateTask(queue.GetAsync());
        await Turns();
        Assert.Equal("LoopPriorityQueue [count: 0/3, getters: 1]", queue.ToString());
        queue.TryPut(1);
        await getter;
        queue.Shutdown();
        Assert.Equal("LoopPriorityQueue [count: 0/3, unfinished: 1, shut down]", queue.ToString());
    });

    private static LoopQueue<T> Make<T>(string kind, int maxSize = 0) => kind switch
    {
        "lifo" => new LoopLifoQueue<T>(maxSize),
        "priority" => new LoopPriorityQueue<T>(maxSize),
        _ => new LoopQueue<T>(maxSize),
    };
}

using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class PlainCodeCancellationTests
{
    [Fact]
    public void Timeout_AroundAnIterator_EndsItAfterItsCleanUp() => Run(async () =>
    {
        var seen = new List<int>();
        await Throws<TimeoutException>(() => Aio.Timeout(2.5.Seconds(), async _ =>
        {
            await foreach (int item in Slow())
            {
                seen.Add(item);
            }
        }));
        Assert.Equal([0, 1, -1], seen);
        Assert.Equal(3.5.Seconds(), EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        await Aio.Sleep(1.Seconds());

        async IAsyncEnumerable<int> Slow()
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    await Aio.Sleep(1.Seconds());
                    yield return i;
                }
            }
            finally
            {
                await Aio.Sleep(1.Seconds());
                seen.Add(-1);
            }
        }
    });

    [Fact]
    public void Timeout_InsideAnIterator_StaysInside() => Run(async () =>
    {
        var seen = new List<int>();
        await foreach (int item in Impatient())
        {
            seen.Add(item);
        }

        Assert.Equal([-1, 1], seen);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        static async IAsyncEnumerable<int> Impatient()
        {
            int result = 1;
            try
            {
                await Aio.WaitFor(Forever(), 1.Seconds());
            }
            catch (TimeoutException)
            {
                result = -1;
            }

            yield return result;
            await Aio.Sleep(1.Seconds());
            yield return 1;
        }
    });

    [Fact]
    public void TaskGroup_WhoseTaskFails_CancelsTheIteratorOfAnother() => Run(async () =>
    {
        bool disposed = false;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(Consume());
            _ = group.CreateTask(Fail());
            await Aio.Yield();
        }));
        Assert.IsType<FormatException>(Assert.Single(errors.InnerExceptions));
        Assert.True(disposed);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);

        async Coroutine Consume()
        {
            await foreach (int _ in Endless())
            {
            }
        }

        async IAsyncEnumerable<int> Endless()
        {
            try
            {
                yield return 1;
                await Forever();
            }
            finally
            {
                disposed = true;
            }
        }

        static async Coroutine Fail()
        {
            await Aio.Sleep(1.Seconds());
            throw new FormatException();
        }
    });

    [Fact]
    public void CancelScope_ReachesEveryAwaitOfTheIterator() => Run(async () =>
    {
        int cancelled = 0;
        Future<int> never = EventLoop.Running.CreateFuture<int>();
        CancelScope scope = await Aio.CancelScope(
            async _ =>
            {
                await foreach (int item in Stubborn())
                {
                    Assert.Equal(3, item);
                }

                await Forever();
            },
            delay: 1.Seconds());
        Assert.True(scope.CaughtCancellation);
        Assert.Equal(3, cancelled);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);

        async IAsyncEnumerable<int> Stubborn()
        {
            while (cancelled < 3)
            {
                try
                {
                    await Aio.Sleep(100.Seconds());
                }
                catch (CancelledException)
                {
                    cancelled++;
                }
            }

            yield return cancelled;
            await Aio.Yield();
        }
    });

    [Fact]
    public void ShieldedScope_KeepsRequestsFromTheIterator() => Run(async () =>
    {
        var seen = new List<int>();
        LoopTask task = Aio.CreateTask(Call());
        await Aio.Sleep(1.5.Seconds());
        task.Cancel("m");
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal([0, 1, 2], seen);
        Assert.Equal(3.Seconds(), EventLoop.Running.Time);

        async Coroutine Call()
        {
            await Aio.CancelScope(
                async _ =>
                {
                    await foreach (int item in Three())
                    {
                        seen.Add(item);
                    }
                },
                shield: true);
            await Forever();
        }

        static async IAsyncEnumerable<int> Three()
        {
            for (int i = 0; i < 3; i++)
            {
                await Aio.Sleep(1.Seconds());
                yield return i;
            }
        }
    });

    /// <summary>Guarantee G-63, through the BCL's own iterators.</summary>
    [Fact]
    public void Cancel_InALinqQueryOverAQueue_RemovesNoItem() => Run(async () =>
    {
        var queue = new LoopQueue<int>();
        var seen = new List<int>();
        LoopTask task = Aio.CreateTask(Consume());
        for (int i = 0; i < 5; i++)
        {
            await queue.PutAsync(i);
            await Turns(10);
        }

        task.Cancel("m");
        Assert.Equal("m", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal([0, 20, 40], seen);
        await queue.PutAsync(6);
        Assert.Equal(6, await queue.GetAsync());

        async Coroutine Consume()
        {
            await foreach (int item in queue.Where(item => item % 2 == 0).Select(item => item * 10))
            {
                seen.Add(item);
            }
        }
    });

    [Fact]
    public void Cancel_WhileTheIteratorIsDisposedOf_ArrivesInItsFinallyBlock() => Run(async () =>
    {
        bool cancelled = false;
        LoopTask task = Aio.CreateTask(Consume());
        await Aio.Sleep(1.Seconds());
        task.Cancel("m");
        await Throws<CancelledException>(task);
        Assert.True(cancelled);

        async Coroutine Consume()
        {
            await foreach (int _ in Slow())
            {
                break;
            }
        }

        async IAsyncEnumerable<int> Slow()
        {
            try
            {
                await Aio.Yield();
                yield return 1;
            }
            finally
            {
                try
                {
                    await Forever();
                }
                catch (CancelledException)
                {
                    cancelled = true;
                    throw;
                }
            }
        }
    });

    [Fact]
    public void Cancel_AgainDuringTheCleanUp_ArrivesThereToo() => Run(async () =>
    {
        var log = new List<string>();
        LoopTask task = Aio.CreateTask(Consume());
        await Aio.Sleep(1.Seconds());
        task.Cancel("first");
        await Aio.Sleep(1.Seconds());
        task.Cancel("second");
        await Throws<CancelledException>(task);
        Assert.Equal(["first", "second"], log);
        Assert.Equal(2, task.Cancelling());

        async Coroutine Consume() => await Plain();

        async Task Plain()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException e)
            {
                log.Add(e.CancelMessage!);
                try
                {
                    await Forever();
                }
                catch (CancelledException again)
                {
                    log.Add(again.CancelMessage!);
                    throw;
                }
            }
        }
    });
}

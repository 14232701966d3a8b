using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Coroutines;

/// <summary>Plain <c>async Task</c> code on the loop's thread may await what is of this library.</summary>
public class PlainAsyncTests
{
    [Fact]
    public void PlainCode_AwaitsACoroutine() => Run(async () =>
    {
        Assert.Equal(7, await Plain());

        static async Task<int> Plain()
        {
            int result = await Seven();
            return result;
        }
    });

    [Fact]
    public void PlainCode_AwaitsACoroutineThatFails() => Run(async () =>
    {
        await Throws<FormatException>(async () => await Plain());

        static async Task Plain() => await Fail();
    });

    [Fact]
    public void PlainCode_AwaitsAFutureATaskAndAYield() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        EventLoop.Running.CallLater(1.Seconds(), () => future.SetResult(5));
        Assert.Equal(13, await Plain(future));

        static async Task<int> Plain(Future<int> future)
        {
            await Aio.Yield();
            int a = await future;
            int b = await Aio.CreateTask(Seven());
            await (Future)future;
            await Aio.CreateTask(CoroutineTests.Nothing());
            await Aio.Sleep(1.Seconds());
            return a + b + 1;
        }
    });

    [Fact]
    public void Coroutine_AwaitedByPlainCode_StartsAtOnceInATaskOfItsOwn() => Run(async () =>
    {
        LoopTask? outer = Aio.CurrentTask;
        LoopTask? inner = null;
        Task plain = Plain();
        Assert.NotNull(inner);
        Assert.NotSame(outer, inner);
        Assert.Same(outer, Aio.CurrentTask);
        Assert.Contains(inner, Aio.AllTasks());
        await plain;
        Assert.True(inner.IsDone);

        async Task Plain() => await Child();

        async Coroutine Child()
        {
            inner = Aio.CurrentTask;
            await Aio.Sleep(1.Seconds());
        }
    });

    [Fact]
    public void PlainCode_RunsOnTheLoopsThreadThroughout() => Run(async () =>
    {
        int thread = Environment.CurrentManagedThreadId;
        await Plain();

        async Task Plain()
        {
            for (int i = 0; i < 20; i++)
            {
                await Task.Run(() => { });
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await Aio.Yield();
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await Seven();
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            }
        }
    });

    [Fact]
    public void PlainCode_HasItsOwnContext() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        await Plain();
        Assert.Equal(1, local.Value);

        async Task Plain()
        {
            local.Value = 2;
            await Seven();
            Assert.Equal(2, local.Value);
            await Aio.Sleep(1.Milliseconds());
            Assert.Equal(2, local.Value);
        }
    });

    [Fact]
    public void PlainCode_WhoseCoroutineIsCancelled_IsCancelled() => Run(async () =>
    {
        LoopTask? inner = null;
        Task plain = Plain();
        await Turns();
        inner!.Cancel("enough");
        await Throws<CancelledException>(async () => await plain);
        Assert.True(plain.IsCanceled);

        async Task Plain() => await Child();

        async Coroutine Child()
        {
            inner = Aio.CurrentTask;
            await Forever();
        }
    });

    [Fact]
    public void AsTask_OfACoroutine_EndsAsItDoes() => Run(async () =>
    {
        Assert.Equal(7, await Seven().AsTask());
        await CoroutineTests.Nothing().AsTask();
        await Throws<FormatException>(async () => await Fail().AsTask());
    });

    [Fact]
    public void BclCombinators_WorkOnTasksOfCoroutines() => Run(async () =>
    {
        int[] results = await Task.WhenAll(Seven().AsTask(), Seven().AsTask(), Task.Run(() => 1));
        Assert.Equal([7, 7, 1], results.AsSpan());
        Task first = await Task.WhenAny(Forever().AsTask(), Seven().AsTask());
        Assert.Equal(7, await (Task<int>)first);
    });

    [Fact]
    public void AsyncEnumerable_ThatAwaitsCoroutines_IsEnumeratedByCoroutines() => Run(async () =>
    {
        var items = new List<int>();
        await foreach (int item in Items(5))
        {
            items.Add(item);
        }

        Assert.Equal([0, 1, 2, 3, 4], items);
        Assert.Equal(5.Seconds(), EventLoop.Running.Time);

        static async IAsyncEnumerable<int> Items(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await Aio.Sleep(1.Seconds());
                yield return i;
            }
        }
    });

    [Fact]
    public void AsyncEnumerable_LeftEarly_RunsItsFinallyBlocks() => Run(async () =>
    {
        bool cleanedUp = false;
        await foreach (int item in Endless())
        {
            if (item == 3)
            {
                break;
            }
        }

        Assert.True(cleanedUp);

        async IAsyncEnumerable<int> Endless()
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    await Aio.Yield();
                    yield return i;
                }
            }
            finally
            {
                await Aio.Yield();
                cleanedUp = true;
            }
        }
    });

    [Fact]
    public void AsyncEnumerable_ThatFails_ThrowsInTheCoroutine() => Run(async () =>
    {
        await Throws<FormatException>(async () =>
        {
            await foreach (int item in Bad())
            {
                Assert.Equal(1, item);
            }
        });

        static async IAsyncEnumerable<int> Bad()
        {
            yield return 1;
            await Fail();
        }
    });

    private static async Coroutine<int> Seven()
    {
        await Aio.Yield();
        return 7;
    }

    private static async Coroutine Fail()
    {
        await Aio.Yield();
        throw new FormatException();
    }
}

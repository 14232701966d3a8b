using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Coroutines;

/// <summary>A coroutine is awaited once. Whatever else one tries ends with an error, and never with another's
/// result.</summary>
public class CoroutineMisuseTests
{
    /// <summary>CPython: test_pep492, CoroutineTests.test_double_await. Guarantee G-26.</summary>
    [Fact]
    public void Await_WhileAnotherTaskAwaitsIt_IsAnError() => Run(async () =>
    {
        Coroutine<int> coroutine = One();
        LoopTask<int> first = Aio.CreateTask(Wait(coroutine));
        await Turns();
        var error = await Throws<InvalidOperationException>(async () => await coroutine);
        Assert.Contains("Aio.CreateTask", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await first);
    });

    /// <summary>Guarantee G-26.</summary>
    [Fact]
    public void Await_AfterItsEnd_IsAnError() => Run(async () =>
    {
        Coroutine<int> coroutine = One();
        Assert.Equal(1, await coroutine);
        await Throws<InvalidOperationException>(async () => await coroutine);
        Coroutine plain = CoroutineTests.Nothing();
        await plain;
        await Throws<InvalidOperationException>(async () => await plain);
    });

    /// <summary>Guarantee G-26.</summary>
    [Fact]
    public void Await_AfterItsEnd_DoesNotTakeTheResultOfTheOneThatReusesItsMemory() => Run(async () =>
    {
        Coroutine<int> old = One();
        await old;
        for (int i = 0; i < 100; i++)
        {
            Coroutine<int> next = One();
            await Throws<InvalidOperationException>(async () => await old);
            Assert.Equal(1, await next);
        }
    });

    [Fact]
    public void CreateTask_OfOneThatWasAwaited_IsAnError() => Run(async () =>
    {
        Coroutine<int> coroutine = One();
        await coroutine;
        Assert.Throws<InvalidOperationException>(() => Aio.CreateTask(coroutine));
        Coroutine plain = CoroutineTests.Nothing();
        await plain;
        Assert.Throws<InvalidOperationException>(() => Aio.CreateTask(plain));
    });

    [Fact]
    public void CreateTask_Twice_IsAnErrorAndTheFirstTaskRuns() => Run(async () =>
    {
        Coroutine<int> coroutine = One();
        LoopTask<int> task = Aio.CreateTask(coroutine);
        Assert.Throws<InvalidOperationException>(() => Aio.CreateTask(coroutine));
        await Throws<InvalidOperationException>(async () => await coroutine);
        Assert.Equal(1, await task);
    });

    [Fact]
    public void Discard_BeforeTheAwait_EndsIt() => Run(async () =>
    {
        Coroutine<int> coroutine = One();
        coroutine.Discard();
        coroutine.Discard();
        await Throws<InvalidOperationException>(async () => await coroutine);
    });

    [Fact]
    public void Discard_WhileItRunsOrAfterItsEnd_DoesNothing() => Run(async () =>
    {
        Coroutine<int> coroutine = One();
        LoopTask<int> task = Aio.CreateTask(coroutine);
        coroutine.Discard();
        await Turns();
        coroutine.Discard();
        Assert.Equal(1, await task);
        coroutine.Discard();
        Assert.Equal(1, await One());
    });

    [Fact]
    public void GetResult_WithoutAnAwait_IsAnError() => Run(async () =>
    {
        Coroutine<int> coroutine = One();
        Assert.Throws<InvalidOperationException>(() => coroutine.GetAwaiter().GetResult());
        Assert.Equal(1, await coroutine);
    });

    [Fact]
    public void Await_OutsideOfALoop_IsAnError()
    {
        using var test = new TestLoop();
        Coroutine<int> coroutine = One();
        var awaiter = coroutine.GetAwaiter();
        Assert.False(awaiter.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => awaiter.OnCompleted(() => { }));
        coroutine.Discard();
    }

    /// <summary>The misuse is thrown where it can be caught, and the blocks around it end as they should.</summary>
    [Fact]
    public void Misuse_InsideATry_RunsItsFinallyBlocks() => Run(async () =>
    {
        Coroutine<int> used = One();
        await used;
        var log = new List<string>();
        try
        {
            try
            {
                await used;
            }
            finally
            {
                log.Add("inner");
            }
        }
        catch (InvalidOperationException)
        {
            log.Add("caught");
        }

        Assert.Equal(["inner", "caught"], log);
    });

    private static async Coroutine<int> One()
    {
        await Aio.Yield();
        return 1;
    }

    private static async Coroutine<int> Wait(Coroutine<int> coroutine) => await coroutine;
}

using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Coroutines;

/// <summary>A task has one context: coroutines that are awaited inside it share it, as in Python.</summary>
public class CoroutineContextTests
{
    private static readonly AsyncLocal<int> s_local = new();

    /// <summary>Guarantee G-36.</summary>
    [Fact]
    public void Set_InACallee_IsSeenByItsCaller() => Run(async () =>
    {
        s_local.Value = 1;
        await SetTo(2);
        Assert.Equal(2, s_local.Value);
        await SetAfterAWait(3);
        Assert.Equal(3, s_local.Value);
    });

    [Fact]
    public void Set_InACallee_IsSeenByTheNextCallee() => Run(async () =>
    {
        await SetTo(5);
        Assert.Equal(5, await Get());
    });

    /// <summary>CPython: BaseTaskTests.test_context_1. Guarantee G-36.</summary>
    [Fact]
    public void Set_InATask_IsNotSeenByOthers() => Run(async () =>
    {
        s_local.Value = 1;
        LoopTask child = Aio.CreateTask(SetAfterAWait(2));
        await child;
        Assert.Equal(1, s_local.Value);
    });

    /// <summary>CPython: BaseTaskTests.test_context_3.</summary>
    [Fact]
    public void Tasks_InTurns_KeepTheirValuesApart() => Run(async () =>
    {
        await Aio.Gather([.. Enumerable.Range(0, 50).Select(Count)]);

        static async Coroutine Count(int start)
        {
            s_local.Value = start;
            for (int i = 1; i <= 10; i++)
            {
                await Aio.Sleep((start % 3).Milliseconds());
                Assert.Equal(start + i - 1, s_local.Value);
                await SetTo(start + i);
            }
        }
    });

    [Fact]
    public void Set_SurvivesEveryKindOfWait() => Run(async () =>
    {
        s_local.Value = 7;
        await Aio.Yield();
        Assert.Equal(7, s_local.Value);
        await Aio.Sleep(1.Seconds());
        Assert.Equal(7, s_local.Value);
        await Task.Run(() => { });
        Assert.Equal(7, s_local.Value);
        await Task.Yield();
        Assert.Equal(7, s_local.Value);
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        EventLoop.Running.CallSoon(() =>
        {
            s_local.Value = 8;
            future.SetResult(1);
        });
        await future;
        Assert.Equal(7, s_local.Value);
    });

    [Fact]
    public void Throw_KeepsWhatTheCalleeSet() => Run(async () =>
    {
        await Throws<FormatException>(async () =>
        {
            await SetTo(9);
            throw new FormatException();
        });
        Assert.Equal(9, s_local.Value);
    });

    [Fact]
    public void Callback_OfATask_DoesNotSeeWhatTheTaskSetsLater() => Run(async () =>
    {
        s_local.Value = 1;
        int seen = 0;
        EventLoop.Running.CallSoon(() => seen = s_local.Value);
        s_local.Value = 2;
        await Turns();
        Assert.Equal(1, seen);
    });

    private static async Coroutine SetTo(int value)
    {
        await CoroutineTests.Nothing();
        s_local.Value = value;
    }

    private static async Coroutine SetAfterAWait(int value)
    {
        await Aio.Yield();
        s_local.Value = value;
    }

    private static async Coroutine<int> Get()
    {
        await CoroutineTests.Nothing();
        return s_local.Value;
    }
}

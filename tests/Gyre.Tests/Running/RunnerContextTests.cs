using Gyre.Testing;

namespace Gyre.Tests.Running;

/// <summary>The context of a runner, and where its loop comes from.</summary>
public class RunnerContextTests
{
    private static readonly AsyncLocal<int> s_local = new();

    /// <summary>CPython: RunnerTests.test_run_keeps_context.</summary>
    /// <remarks>Guarantee G-36.</remarks>
    [Fact]
    public void Run_SeveralTimes_KeepsOneContext()
    {
        s_local.Value = 1;
        using var runner = new Runner(new VirtualClock().CreateOptions());
        Assert.Equal(1, runner.Run(Swap(2)));
        Assert.Equal(2, runner.Run(Swap(3)));
        Assert.Throws<FormatException>(() => runner.Run(SwapAndFail(4)));
        Assert.Equal(4, runner.Run(Swap(5)));
        Assert.Equal(1, s_local.Value);
        s_local.Value = 0;
    }

    /// <summary>As in asyncio the copy is made together with the loop.</summary>
    [Fact]
    public void Run_AfterTheLoopWasMade_DoesNotSeeWhatTheCallerChanges()
    {
        s_local.Value = 1;
        using var runner = new Runner(new VirtualClock().CreateOptions());
        Assert.False(runner.Loop.IsRunning);
        s_local.Value = 9;
        Assert.Equal(1, runner.Run(Swap(2)));
        s_local.Value = 0;
    }

    [Fact]
    public void Run_WithAContext_RunsInItAndLeavesTheRunnersAlone()
    {
        using var runner = new Runner(new VirtualClock().CreateOptions());
        runner.Run(Swap(2));
        s_local.Value = 7;
        ExecutionContext context = ExecutionContext.Capture()!;
        s_local.Value = 0;
        Assert.Equal(7, runner.Run(Swap(8), context));
        runner.Run(Check(7), context);
        Assert.Equal(2, runner.Run(Swap(3)));

        static async Coroutine Check(int expected)
        {
            await Aio.Yield();
            Assert.Equal(expected, s_local.Value);
        }
    }

    /// <summary>CPython: RunnerTests.test_custom_factory.</summary>
    [Fact]
    public void Loop_OfAFactory_IsMadeOnceAndClosed()
    {
        int calls = 0;
        EventLoop? made = null;
        var runner = new Runner(() =>
        {
            calls++;
            return made = new EventLoop(new VirtualClock().CreateOptions(debug: true));
        });
        Assert.Equal(0, calls);
        EventLoop ran = runner.Run(Which());
        Assert.Same(made, ran);
        Assert.Same(ran, runner.Run(Which()));
        Assert.Same(ran, runner.Loop);
        Assert.True(runner.Loop.Debug);
        Assert.Equal(1, calls);
        runner.Dispose();
        Assert.True(made!.IsClosed);
        Assert.Throws<ArgumentNullException>(() => new Runner((Func<EventLoop>)null!));

        static async Coroutine<EventLoop> Which()
        {
            await Aio.Yield();
            return EventLoop.Running;
        }
    }

    private static async Coroutine<int> Swap(int value)
    {
        int before = s_local.Value;
        await Aio.Yield();
        s_local.Value = value;
        return before;
    }

    private static async Coroutine SwapAndFail(int value)
    {
        await Swap(value);
        throw new FormatException();
    }
}

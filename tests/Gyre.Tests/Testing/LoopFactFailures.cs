using System.Diagnostics.CodeAnalysis;
using Gyre.Testing;

namespace Gyre.Tests.Testing;

/// <summary>Tests that fail on purpose. <see cref="LoopFactFailureTests"/> runs them, and nobody
/// else.</summary>
[SuppressMessage("xUnit", "xUnit1000", Justification = "xunit is not to find them.")]
internal sealed class LoopFactFailures
{
    [LoopFact]
    public async Coroutine Coroutine_ThatFails()
    {
        await Aio.Yield();
        Assert.Fail("on purpose");
    }

    [LoopFact]
    public async Coroutine Coroutine_ThatDeadlocks() => await Virtual.Forever();

    [LoopFact]
    public async Coroutine Coroutine_ThatLeavesATask()
    {
        _ = Aio.CreateTask(Virtual.Forever(), "left");
        await Aio.Yield();
    }

    [LoopFact]
    public async Coroutine Coroutine_ThatForgetsAnError()
    {
        _ = Aio.CreateTask(Coroutine_ThatFails(), "forgotten");
        await Aio.Yield();
        await Aio.Yield();
    }

    [LoopFact(LimitMilliseconds = 50)]
    public async Coroutine Coroutine_ThatTakesTooLong()
    {
        while (true)
        {
            await Aio.Sleep(1.Seconds());
        }
    }

    [LoopFact]
    public int Method_WithAnotherResult() => 1;

    [LoopTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Coroutine Theory_ThatFailsForOneRow(int row)
    {
        await Aio.Yield();
        Assert.Equal(1, row);
    }
}

using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Synchronization;

/// <summary>What <c>using (await …)</c> does with everything that can be held.</summary>
public class BlockTests
{
    /// <summary>CPython: LockTests.test_context_manager_async_with (test_pep492.py).</summary>
    [Fact]
    public void Using_AnythingThatCanBeHeld_HoldsItUntilTheBlockEnds() => Run(async () =>
    {
        var mutex = new LoopLock();
        await Check(mutex.LockAsync, () => mutex.IsLocked);
        var condition = new LoopCondition();
        await Check(condition.LockAsync, () => condition.IsLocked);
        var semaphore = new LoopSemaphore();
        await Check(semaphore.AcquireAsync, () => semaphore.IsLocked);
        var bounded = new LoopBoundedSemaphore();
        await Check(bounded.AcquireAsync, () => bounded.IsLocked);

        static async Coroutine Check(Func<Coroutine<LoopReleaser>> hold, Func<bool> isHeld)
        {
            Assert.False(isHeld());
            using (await hold())
            {
                Assert.True(isHeld());
                await Aio.Sleep(1.Seconds());
                Assert.True(isHeld());
            }

            Assert.False(isHeld());
        }
    });
}

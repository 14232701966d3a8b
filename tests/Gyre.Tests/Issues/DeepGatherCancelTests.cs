using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Issues;

/// <summary>Cancelling went through gathers by recursion: a deep chain of them overflowed the stack and ended the
/// process.</summary>
public class DeepGatherCancelTests
{
    [Fact]
    public void Cancel_OfGathersOfTasksThatGather50000Deep_EndsThemAll() => Run(async () =>
    {
        LoopTask innermost = Aio.CreateTask(Forever());
        LoopTask task = innermost;
        for (int i = 0; i < 50_000; i++)
        {
            task = Aio.CreateTask(Wait(task));
        }

        await Turns(2);
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.True(innermost.IsCancelled);

        static async Coroutine Wait(LoopTask task) => await Aio.Gather(task);
    });
}

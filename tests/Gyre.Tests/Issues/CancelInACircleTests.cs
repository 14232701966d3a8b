using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Issues;

/// <summary>Tasks that wait for each other in a circle: cancelling one of them never returned, or overflowed the
/// stack.</summary>
public class CancelInACircleTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Cancel_OfATaskInACircle_EndsThemAll(int count) => Run(async () =>
    {
        LoopTask[] tasks = new LoopTask[count];
        for (int i = 0; i < count; i++)
        {
            int next = (i + 1) % count;
            tasks[i] = Aio.CreateTask(Wait(() => tasks[next]));
        }

        await Turns(2);
        tasks[0].Cancel("why");
        Assert.All(tasks, task => Assert.Equal(1, task.Cancelling()));
        await Aio.Wait(tasks);
        Assert.All(tasks, task => Assert.True(task.IsCancelled));
    });

    [Fact]
    public void Cancel_OfATaskThatWaitsForACircle_EndsThemAll() => Run(async () =>
    {
        LoopTask? b = null;
        LoopTask a = Aio.CreateTask(Wait(() => b!));
        b = Aio.CreateTask(Wait(() => a));
        LoopTask outside = Aio.CreateTask(Wait(() => a));
        await Turns(2);
        outside.Cancel();
        await Aio.Wait([a, b, outside]);
        Assert.True(a.IsCancelled && b.IsCancelled && outside.IsCancelled);
    });

    [Fact]
    public void Cancel_OfACircleThroughAGather_EndsThemAll() => Run(async () =>
    {
        LoopTask? b = null;
        LoopTask a = Aio.CreateTask(Wait(() => Aio.Gather(b!, b!)));
        b = Aio.CreateTask(Wait(() => a));
        await Turns(3);
        a.Cancel();
        await Aio.Wait([a, b]);
        Assert.True(a.IsCancelled && b.IsCancelled);
    });

    [Fact]
    public void Cancel_OfATaskThatGathersItself_EndsIt() => Run(async () =>
    {
        LoopTask? self = null;
        self = Aio.CreateTask(Wait(() => Aio.Gather(self!)));
        await Turns(2);
        self.Cancel();
        await Aio.Wait([self]);
        Assert.True(self.IsCancelled);
    });

    [Fact]
    public void Timeout_AroundACircle_IsATimeout() => Run(async () =>
    {
        LoopTask? b = null;
        LoopTask a = Aio.CreateTask(Aio.Timeout(1.Seconds(), async _ => await b!));
        b = Aio.CreateTask(Wait(() => a));
        await Throws<TimeoutException>(a);
        Assert.True(b.IsCancelled);
    });

    [Fact]
    public void Run_AtItsEnd_EndsACircle()
    {
        List<ExceptionContext> reports = Reports(async () =>
        {
            LoopTask? b = null;
            LoopTask a = Aio.CreateTask(Wait(() => b!));
            b = Aio.CreateTask(Wait(() => a));
            await Turns(2);
        });
        Assert.Empty(reports);
    }

    private static async Coroutine Wait(Func<Future> target)
    {
        await Aio.Yield();
        await target();
    }
}

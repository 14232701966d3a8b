using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

// TaskGroup.cancel of CPython 3.15.
public partial class TaskGroupTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GroupCancel_WithTasks_CancelsThemAndEndsWell(bool eager) => Run(async () =>
    {
        LoopTask? first = null;
        LoopTask? second = null;
        await Aio.TaskGroup(async group =>
        {
            first = group.CreateTask(Aio.Sleep(10.Seconds()), eagerStart: eager);
            second = group.CreateTask(Aio.Sleep(10.Seconds()), eagerStart: eager);
            await Aio.Yield();
            group.Cancel();
        });
        Assert.True(first!.IsCancelled && second!.IsCancelled);
        Assert.Equal(TimeSpan.Zero, EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        await Aio.Yield();
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void GroupCancel_ByTheBody_CancelsItAtItsNextWait(int times) => Run(async () =>
    {
        int count = 0;
        await Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < times; i++)
            {
                group.Cancel();
            }

            count++;
            await Aio.Yield();
            count++;
        });
        Assert.Equal(1, count);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        await Aio.Yield();
    });

    [Fact]
    public void GroupCancel_AfterTheEnd_DoesNothing() => Run(async () =>
    {
        TaskGroup? ended = null;
        await Aio.TaskGroup(async group =>
        {
            ended = group;
            await Aio.Yield();
        });
        ended!.Cancel();
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        await Aio.Yield();
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_cancel_before_create_task.</summary>
    [Fact]
    public void GroupCancel_BeforeATaskIsCreated_RefusesIt() => Run(async () =>
        await Aio.TaskGroup(async group =>
        {
            group.Cancel();
            Coroutine late = Aio.Sleep(1.Seconds());
            Assert.Throws<InvalidOperationException>(() => { group.CreateTask(late); });
            await Throws<InvalidOperationException>(async () => await late);
        }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GroupCancel_ByATaskThatFails_TheErrorLeaves(bool eager) => Run(async () =>
    {
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(CancelAndFail(group), eagerStart: eager);
            await Forever();
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(FailAndCancel(group), eagerStart: eager);
            await Forever();
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        static async Coroutine CancelAndFail(TaskGroup group)
        {
            group.Cancel();
            await FailAtOnce();
        }

        static async Coroutine FailAndCancel(TaskGroup group)
        {
            try
            {
                await FailAtOnce();
            }
            finally
            {
                group.Cancel();
            }
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GroupCancel_ByABodyThatFails_TheErrorLeaves(bool eager) => Run(async () =>
    {
        LoopTask? task = null;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            task = group.CreateTask(Aio.Sleep(1.Seconds()), eagerStart: eager);
            group.Cancel();
            Assert.Equal(1, Aio.CurrentTask!.Cancelling());
            await default(Coroutine);
            throw new FormatException();
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.True(task!.IsCancelled);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_cancel_from_child_before_first_suspension.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GroupCancel_InTheFirstStepOfATask_CancelsThatTaskToo(bool eager) => Run(async () =>
    {
        LoopTask? task = null;
        await Aio.TaskGroup(async group =>
        {
            task = group.CreateTask(Child(group), eagerStart: eager);
            await default(Coroutine);
        });
        Assert.True(task!.IsCancelled);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        static async Coroutine Child(TaskGroup group)
        {
            group.Cancel();
            await Forever();
        }
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_cancel_keeps_outer_cancellation. Guarantee G-44.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CancellationFromOutside_WhileACancelledGroupWaits_LeavesTheBlock(bool bodyWaits) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(CleanUpSlowly());
            await Aio.Yield();
            group.Cancel();
            if (bodyWaits)
            {
                await Forever();
            }
        }));
        await Aio.Sleep(1.Seconds());
        task.Cancel("from outside");
        Assert.Equal("from outside", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal(1, task.Cancelling());
        Assert.Equal(5.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>Guarantee G-44.</summary>
    [Fact]
    public void Timeout_ThatExpiresWhileACancelledGroupWaits_Throws() => Run(async () =>
    {
        await Throws<TimeoutException>(() => Aio.Timeout(2.Seconds(), async scope =>
            await Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(CleanUpSlowly());
                await Aio.Sleep(1.Seconds());
                group.Cancel();
            })));
        Assert.Equal(6.Seconds(), EventLoop.Running.Time);
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    private static async Coroutine CleanUpSlowly()
    {
        try
        {
            await Forever();
        }
        finally
        {
            await Aio.Sleep(5.Seconds());
        }
    }
}

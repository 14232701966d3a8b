using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class TaskGroupTests
{
    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_03.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancel_OfOneTask_IsNoFailureOfTheGroup(bool eager) => Run(async () =>
    {
        LoopTask<int>? first = null;
        LoopTask<int>? second = null;
        await Aio.TaskGroup(async group =>
        {
            first = group.CreateTask(After(10, 42), eagerStart: eager);
            await Aio.Sleep(1.Seconds());
            first.Cancel();
            second = group.CreateTask(After(2, 11), eagerStart: eager);
        });
        Assert.True(first!.IsCancelled);
        Assert.Equal(11, second!.Result);
        Assert.Equal(3.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_cancellation, test_taskgroup_22.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CancellationFromOutside_BehindTheBody_CancelsTheTasksAndGoesOn(bool eager) => Run(async () =>
    {
        int cancelled = 0;
        LoopTask task = Aio.CreateTask(Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                _ = group.CreateTask(CountCancelled(() => cancelled++), eagerStart: eager);
            }

            await default(Coroutine);
        }));
        await Aio.Sleep(1.Seconds());
        Assert.False(task.IsDone);
        task.Cancel("why");
        Assert.Equal("why", (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal(5, cancelled);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_07, test_taskgroup_17.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public void CancellationFromOutside_InTheBody_CancelsBodyAndTasks(int tasks, bool eager) => Run(async () =>
    {
        int cancelled = 0;
        LoopTask task = Aio.CreateTask(Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < tasks; i++)
            {
                _ = group.CreateTask(CountCancelled(() => cancelled++), eagerStart: eager);
            }

            await CountCancelled(() => cancelled += 10);
        }));
        await Aio.Sleep(1.Seconds());
        Assert.False(task.IsDone);
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
        Assert.Equal(10 + tasks, cancelled);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_08.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CancellationFromOutside_TasksFailInTheirCleanUp_TheErrorsLeave(bool eager) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                _ = group.CreateTask(FailWhenCancelled(), eagerStart: eager);
            }

            await Forever();
        }));
        await Aio.Sleep(1.Seconds());
        Assert.False(task.IsDone);
        task.Cancel();
        AggregateException errors = await Throws<AggregateException>(task);
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.Equal(5, errors.InnerExceptions.Count);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_11, test_taskgroup_12.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void CancellationFromOutside_TasksOfANestedGroupFail_TheErrorsLeaveBothBlocks(
        bool withTask, bool eager) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.TaskGroup(async outer =>
        {
            if (withTask)
            {
                _ = outer.CreateTask(Aio.Sleep(10.Seconds()), eagerStart: eager);
            }

            await Aio.TaskGroup(async inner =>
            {
                for (int i = 0; i < 5; i++)
                {
                    _ = inner.CreateTask(FailWhenCancelled(), eagerStart: eager);
                }

                await Forever();
            });
        }));
        await Aio.Sleep(1.Seconds());
        Assert.False(task.IsDone);
        task.Cancel();
        AggregateException errors = await Throws<AggregateException>(task);
        var nested = Assert.IsType<AggregateException>(Assert.Single(errors.InnerExceptions));
        Assert.Equal([typeof(FormatException)], Types(nested));
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_15, test_taskgroup_16.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void CancellationFromOutside_ATaskFailsWhileTheBodyCleansUp_TheErrorLeaves(bool nested, bool eager) =>
        Run(async () =>
    {
        LoopTask task = Aio.CreateTask(nested ? Outer() : Work());
        await Aio.Sleep(1.Seconds());
        Assert.False(task.IsDone);
        task.Cancel();
        AggregateException errors = await Throws<AggregateException>(task);
        Assert.Equal([typeof(FormatException)], Types(errors));

        // The failure cancels the body once more, in its clean-up, which then goes on in peace.
        Assert.Equal(6.Seconds(), EventLoop.Running.Time);

        async Coroutine Outer() => await Aio.CreateTask(Work());

        Coroutine Work() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(FailAfter(3), eagerStart: eager);
            try
            {
                await Forever();
            }
            finally
            {
                await Throws<CancelledException>(() => Aio.Sleep(10.Seconds()));
                await Aio.Sleep(3.Seconds());
            }
        });
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_18.</summary>
    [Fact]
    public void CancellationFromOutside_TheBodyMakesAnErrorOfIt_TheErrorLeaves() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Aio.TaskGroup(async _ => await FailWhenCancelled()));
        await Aio.Sleep(1.Seconds());
        Assert.False(task.IsDone);
        task.Cancel();
        Assert.Equal([typeof(FormatException)], Types(await Throws<AggregateException>(task)));
    });

    /// <summary>CPython: BaseTestTaskGroup.test_error_and_cancel. Guarantee G-44.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CancellationFromOutside_InTheMomentOfAFailure_ArrivesBehindTheBlock(bool eager) => Run(async () =>
    {
        var began = new LoopEvent();
        string log = "";
        LoopTask task = Aio.CreateTask(Work());
        await began.WaitAsync();
        Assert.Equal(0, task.Cancelling());
        task.Cancel();
        Assert.Equal(1, task.Cancelling());
        await Throws<CancelledException>(task);
        Assert.True(task.IsCancelled);
        Assert.Equal("errors behind ", log);

        async Coroutine Work()
        {
            await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Fail(), eagerStart: eager);
                await Forever();
            }));
            log += "errors ";
            Assert.Equal(1, Aio.CurrentTask!.Cancelling());
            log += "behind ";
            await Forever();
            log += "went on";
        }

        async Coroutine Fail()
        {
            began.Set();
            await Aio.Yield();
            throw new FormatException();
        }
    });

    private static async Coroutine CountCancelled(Action count)
    {
        try
        {
            await Forever();
        }
        catch (CancelledException)
        {
            count();
            throw;
        }
    }
}

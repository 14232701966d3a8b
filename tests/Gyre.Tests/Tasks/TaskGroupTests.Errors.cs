using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

public partial class TaskGroupTests
{
    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_04.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_OfATask_CancelsTheOthersAndLeavesTheBlock(bool eager) => Run(async () =>
    {
        string log = "";
        LoopTask? other = null;
        AggregateException errors = await Throws<AggregateException>(Aio.CreateTask(Runner()));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.Equal("cancelled ", log);
        Assert.True(other!.IsCancelled);
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);

        async Coroutine Runner()
        {
            await Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(FailAfter(1), eagerStart: eager);
                other = group.CreateTask(Other(), eagerStart: eager);
                await default(Coroutine);
            });
            log += "behind the block";
        }

        async Coroutine Other()
        {
            try
            {
                await Aio.Sleep(10.Seconds());
            }
            catch (CancelledException)
            {
                log += "cancelled ";
                throw;
            }

            log += "ended ";
        }
    });

    /// <summary>CPython: BaseTestTaskGroup.test_cancel_children_on_child_error.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_OfTasks_CancelsBodyAndTasksOnce(bool eager) => Run(async () =>
    {
        string log = "";
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            for (int i = 0; i < 3; i++)
            {
                _ = group.CreateTask(FailAfter(1), eagerStart: eager);
            }

            _ = group.CreateTask(Wait("task "), eagerStart: eager);
            await Wait("body ");
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.Equal(3, errors.InnerExceptions.Count);
        Assert.Equal(["body", "task"], log.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        async Coroutine Wait(string name)
        {
            try
            {
                await Aio.Sleep(10.Seconds());
            }
            catch (CancelledException)
            {
                log += name;
                throw;
            }
        }
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_09, test_taskgroup_10.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Failure_OfTheBody_CancelsTheTasks(bool eager, bool atOnce) => Run(async () =>
    {
        LoopTask<int>? first = null;
        LoopTask<int>? second = null;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            first = group.CreateTask(After(2, 42), eagerStart: eager);
            second = group.CreateTask(After(3, 11), eagerStart: eager);
            if (!atOnce)
            {
                await Aio.Sleep(1.Seconds());
            }

            throw new FormatException();
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.True(first!.IsCancelled && second!.IsCancelled);
        Assert.Equal(atOnce ? TimeSpan.Zero : 1.Seconds(), EventLoop.Running.Time);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_19, test_taskgroup_20a, test_taskgroup_21a.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_OfATaskAndThenOfTheCancelledBody_LeaveTogether(bool eager) => Run(async () =>
    {
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(FailAfter(1), eagerStart: eager);
            try
            {
                await Forever();
            }
            finally
            {
                throw new InvalidTimeZoneException();
            }
        }));
        Assert.Equal(
            [typeof(FormatException), typeof(InvalidTimeZoneException)],
            errors.InnerExceptions.Select(error => error.GetType()));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_context_manager_exit_raises.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_OfATaskAndOfAUsingBlockInTheBody_LeaveTogether(bool eager) => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        AggregateException errors = await Throws<AggregateException>(task);
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.Equal(2, errors.InnerExceptions.Count);
        Assert.Equal(0, task.Cancelling());

        Coroutine Work() => Aio.TaskGroup(async group =>
        {
            using var database = new FailsToClose();
            _ = group.CreateTask(FailAfter(0), eagerStart: eager);
            await Forever();
        });
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_13.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NestedGroups_TheOuterOneFails_TheInnerOneIsCancelled(bool eager) => Run(async () =>
    {
        LoopTask? inside = null;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async outer =>
        {
            _ = outer.CreateTask(FailAfter(1), eagerStart: eager);
            await Aio.TaskGroup(async inner =>
            {
                inside = inner.CreateTask(FailAfter(10), eagerStart: eager);
                await default(Coroutine);
            });
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.True(inside!.IsCancelled);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_taskgroup_14.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NestedGroups_TheInnerOneFails_ItsErrorsAreOneInside(bool eager) => Run(async () =>
    {
        LoopTask? outside = null;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async outer =>
        {
            outside = outer.CreateTask(FailAfter(10), eagerStart: eager);
            await Aio.TaskGroup(async inner =>
            {
                _ = inner.CreateTask(FailAfter(1), eagerStart: eager);
                await default(Coroutine);
            });
        }));
        var nested = Assert.IsType<AggregateException>(Assert.Single(errors.InnerExceptions));
        Assert.Equal([typeof(FormatException)], Types(nested));
        Assert.True(outside!.IsCancelled);
    });

    /// <summary>CPython: BaseTestTaskGroup.test_nested_groups_both_cancelled.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NestedGroups_BothFail_TheRequestOfTheOuterOneIsLeftBehindTheInnerOne(bool eager) => Run(async () =>
    {
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async outer =>
        {
            await Throws<AggregateException>(() => Aio.TaskGroup(async inner =>
            {
                _ = inner.CreateTask(FailAfter(0), eagerStart: eager);
                _ = outer.CreateTask(FailAfter(0), eagerStart: eager);
                await default(Coroutine);
            }));
            Assert.Equal(1, Aio.CurrentTask!.Cancelling());
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
    });

    /// <summary>CPython: BaseTestTaskGroup.test_cancelling_level_preserved,
    /// test_cancellation_does_not_leak_out_of_tg.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_OfATask_LeavesNoRequestBehind(bool eager) => Run(async () =>
    {
        await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(FailAfter(0), eagerStart: eager);
            await default(Coroutine);
        }));
        await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            // Fails in its first step, which is inside CreateTask when it is eager.
            _ = group.CreateTask(FailAtOnce(), eagerStart: eager);
            await default(Coroutine);
        }));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());
        await Aio.Yield();
    });

    /// <summary>CPython: BaseTestTaskGroup.test_cancels_task_if_created_during_creation.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failure_OfATaskStartedByATask_CancelsTheOneThatStartedIt(bool eager) => Run(async () =>
    {
        bool cancelled = false;
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(Second(group), eagerStart: eager);
            await default(Coroutine);
        }));
        Assert.Equal([typeof(FormatException)], Types(errors));
        Assert.True(cancelled);

        async Coroutine Second(TaskGroup group)
        {
            _ = group.CreateTask(FailAtOnce(), eagerStart: eager);
            await Throws<CancelledException>(() => Turns(2));
            cancelled = true;
        }
    });

    private static async Coroutine FailAtOnce()
    {
        await default(Coroutine);
        throw new FormatException();
    }

    private sealed class FailsToClose : IDisposable
    {
        public void Dispose() => throw new FormatException();
    }
}

using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>The message given to Cancel arrives with the exception.</summary>
public class CancelMessageTests
{
    /// <summary>CPython: BaseTaskTests.test_cancel_with_message_then_future_result.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("why")]
    public void Cancel_MessageOfATask_ArrivesInsideAndOutside(string? message) => Run(async () =>
    {
        string? inside = "nothing";
        LoopTask task = Aio.CreateTask(Work());
        await Turns();
        task.Cancel(message);
        Assert.Equal(message, (await Throws<CancelledException>(task)).CancelMessage);
        Assert.Equal(message, inside);

        async Coroutine Work()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException e)
            {
                inside = e.CancelMessage;
                throw;
            }
        }
    });

    [Fact]
    public void Cancel_Twice_TheFirstMessageThatWasDeliveredCounts() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Forever());
        await Turns();
        task.Cancel("first");
        task.Cancel("second");
        Assert.Equal("first", (await Throws<CancelledException>(task)).CancelMessage);
    });

    [Fact]
    public void Cancel_TwiceBeforeTheFirstStep_TheLastMessageCounts() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Forever());
        task.Cancel("first");
        task.Cancel("second");
        Assert.Equal("second", (await Throws<CancelledException>(task)).CancelMessage);
    });

    [Fact]
    public void Cancel_OfAFuture_TheMessageReachesWhoAwaitsIt() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        future.Cancel("why");
        Assert.Equal("why", (await Throws<CancelledException>(future)).CancelMessage);
        Assert.Equal("why", (await Throws<CancelledException>(future)).CancelMessage);
    });

    [Fact]
    public void Cancel_ThroughAChain_TheMessageReachesTheInnermost() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask inner = Aio.CreateTask(Wait(future));
        LoopTask outer = Aio.CreateTask(Wait(inner));
        await Turns(2);
        outer.Cancel("why");
        Assert.Equal("why", Assert.Throws<CancelledException>(() => future.Result).CancelMessage);
        Assert.Equal("why", (await Throws<CancelledException>(outer)).CancelMessage);

        static async Coroutine Wait(Future future) => await future;
    });

    /// <summary>CPython: BaseTaskTests.test_cancel_with_message_then_future_result, _then_future_exception,
    /// test_cancel_with_message_before_starting_task.</summary>
    [Theory]
    [InlineData(null, true, true)]
    [InlineData(null, true, false)]
    [InlineData("why", true, true)]
    [InlineData("why", true, false)]
    [InlineData("why", false, true)]
    [InlineData("why", false, false)]
    public void Cancel_MessageOfATask_IsInWhatItsMembersThrow(string? message, bool started, bool result) => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(10.Seconds(), 1));
        if (started)
        {
            await Turns();
        }

        task.Cancel(message);
        await Aio.Wait([task]);
        var error = Assert.Throws<CancelledException>(() => { _ = result ? (object)task.Result : task.Exception; });
        Assert.Equal(message, error.CancelMessage);
        Assert.Null(error.InnerException);
    });
}

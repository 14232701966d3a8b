namespace Gyre.Tests.Loop;

public class CloseTests
{
    /// <summary>CPython: EventLoopTestsMixin.test_close_running_event_loop.</summary>
    [Fact]
    public void Close_WhileItRuns_IsRefused()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() => Assert.Throws<InvalidOperationException>(test.Loop.Close));
        test.Turn();
        Assert.Empty(test.Reports);
        Assert.False(test.Loop.IsClosed);
    }

    /// <summary>CPython: BaseEventLoopTests.test_close.</summary>
    [Fact]
    public void Close_Twice_DoesNothingMore()
    {
        var test = new TestLoop();
        test.Loop.Close();
        test.Loop.Close();
        test.Loop.Dispose();
        Assert.True(test.Loop.IsClosed);
        Assert.False(test.Loop.IsRunning);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_close. Guarantee G-9.</summary>
    [Fact]
    public void AnyCall_AfterClose_IsRefusedWithAnErrorThatSaysSo()
    {
        var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        test.Loop.Close();
        Action[] calls =
        [
            test.Loop.RunForever,
            () => test.Loop.CallSoon(() => { }),
            () => test.Loop.CallSoonThreadSafe(() => { }),
            () => test.Loop.CallLater(1.Seconds(), () => { }),
            () => test.Loop.CallAt(1.Seconds(), () => { }),
            () => test.Loop.RunUntilComplete(future),
            () => Refuse(test.Loop),
        ];
        foreach (Action call in calls)
        {
            var error = Assert.Throws<InvalidOperationException>(call);
            Assert.Contains("closed", error.Message, StringComparison.Ordinal);
        }

        static void Refuse(EventLoop loop)
        {
            Coroutine coroutine = Aio.Sleep(TimeSpan.Zero);
            try
            {
                loop.CreateTask(coroutine);
            }
            finally
            {
                coroutine.Discard();
            }
        }
    }

    [Fact]
    public void Close_DropsWhatIsScheduled()
    {
        var test = new TestLoop();
        test.Loop.CallSoon(test.Write("soon"));
        test.Loop.CallSoonThreadSafe(test.Write("posted"));
        test.Loop.CallLater(TimeSpan.Zero, test.Write("timer"));
        test.Loop.Close();
        Assert.Empty(test.Log);
    }

    /// <summary>CPython: BaseSelectorEventLoopTests.test_close.</summary>
    [Fact]
    public void Close_DisposesOfThePoller()
    {
        var poller = new DisposablePoller();
        var loop = new EventLoop(new EventLoopOptions { Poller = poller });
        Assert.Equal("virtual", new TestLoop().Loop.BackendName);
        loop.Close();
        Assert.True(poller.IsDisposed);
    }

    [Fact]
    public void Close_ThoughAReportFails_DisposesOfThePoller()
    {
        var poller = new DisposablePoller();
        var loop = new EventLoop(new EventLoopOptions { Poller = poller });
        loop.Attachment(_ => new BadAttachment());
        Assert.Throws<NotSupportedException>(loop.Close);
        Assert.True(poller.IsDisposed);
        Assert.True(loop.IsClosed);
    }

    /// <summary>CPython: test_log_destroyed_pending_task, in the form in which Gyre has it.</summary>
    /// <remarks>Guarantee G-94.</remarks>
    [Fact]
    public void Close_WithPendingTasks_ReportsEachOfThem()
    {
        var test = new TestLoop();
        test.Loop.CreateTask(Virtual.Forever(), name: "first");
        test.Loop.CreateTask(Virtual.Forever(), name: "second");
        test.Turn();
        test.Loop.Close();
        Assert.Equal(2, test.Reports.Count);
        Assert.Contains("'first'", test.Reports[0].Message, StringComparison.Ordinal);
        Assert.Contains("'second'", test.Reports[1].Message, StringComparison.Ordinal);
        Assert.Contains("Forever", test.Reports[1].Message, StringComparison.Ordinal);
        Assert.Null(test.Reports[0].Exception);
        Assert.IsAssignableFrom<LoopTask>(test.Reports[0].Source);
    }

    private sealed class BadAttachment : IDisposable
    {
        public void Dispose() => throw new NotSupportedException("cannot");
    }

    private sealed class DisposablePoller : Polling.Poller
    {
        public bool IsDisposed { get; private set; }

        public override string BackendName => "disposable";

        public override bool HasOperations => false;

        public override void Poll(long timeoutNanoseconds, Polling.IReadyQueue ready)
        {
        }

        public override void Wake()
        {
        }

        public override Polling.PollSocket Attach(System.Net.Sockets.Socket socket) => throw new NotSupportedException();

        protected override void Dispose(bool disposing) => IsDisposed = true;
    }
}

using System.Net.Sockets;
using Gyre.Polling;
using Gyre.Testing;

namespace Gyre.Tests.Loop;

public class RunForeverTests
{
    /// <summary>CPython: BaseEventLoopTests.test_run_forever_pre_stopped.</summary>
    [Fact]
    public void RunForever_StoppedBefore_DoesOneIterationWithoutWaiting()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(test.Write("ready"));
        test.Loop.CallLater(1.Seconds(), test.Write("later"));
        test.Loop.Stop();
        test.Loop.RunForever();
        Assert.Equal(["ready"], test.Log);
        Assert.Equal(1, test.Loop.Iterations);
        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
    }

    [Fact]
    public void Stop_CountsForOneRunOnly()
    {
        using var test = new TestLoop();
        test.Turn();
        test.Loop.CallLater(1.Seconds(), test.Loop.Stop);
        test.Loop.RunForever();
        Assert.Equal(1.Seconds(), test.Loop.Time);
    }

    /// <summary>CPython: BaseEventLoopTests.test_run_once. Guarantee G-14.</summary>
    [Fact]
    public void Stop_FromACallback_FinishesTheIterationAndLeavesTheRestForTheNextRun()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            test.Loop.Stop();
            test.Loop.CallSoon(test.Write("next run"));
        });
        test.Loop.CallSoon(test.Write("same iteration"));
        test.Loop.RunForever();
        Assert.Equal(["same iteration"], test.Log);
        test.Turn();
        Assert.Equal(["same iteration", "next run"], test.Log);
    }

    [Fact]
    public void Stop_Twice_IsAsOnce()
    {
        using var test = new TestLoop();
        test.Loop.Stop();
        test.Turn();
        Assert.Equal(1, test.Loop.Iterations);
    }

    [Fact]
    public void Stop_FromAnotherThreadThroughTheQueue_EndsABlockedLoop()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        loop.CallSoon(() => ThreadPool.QueueUserWorkItem(_ => loop.CallSoonThreadSafe(loop.Stop)));
        loop.RunForever();
        Assert.False(loop.IsRunning);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_run_until_complete_nesting,
    /// RunningLoopTests.test_running_loop_within_a_loop,
    /// GetEventLoopTestsMixin.test_get_running_loop_already_running.</summary>
    [Fact]
    public void RunForever_InsideARun_IsRefused()
    {
        using var test = new TestLoop();
        using var other = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            Assert.Throws<InvalidOperationException>(test.Loop.RunForever);
            Assert.Throws<InvalidOperationException>(other.Loop.RunForever);
            Assert.Same(test.Loop, EventLoop.Running);
            test.Log.Add("refused");
        });
        test.Turn();
        Assert.Empty(test.Reports);
        Assert.Equal(["refused"], test.Log);
    }

    /// <summary>CPython: BaseEventLoopTests.test_single_selecter_event_callback_after_stopping.</summary>
    [Fact]
    public void Stop_InTheIterationOfAnEvent_HandlesTheEventOnce()
    {
        var poller = new OneEventPoller();
        using var loop = new EventLoop(new EventLoopOptions { Poller = poller });
        for (int run = 0; run < 2; run++)
        {
            loop.CallSoon(loop.Stop);
            loop.RunForever();
            Assert.Equal(1, poller.Event.Count);
        }
    }

    /// <summary>Guarantee G-1.</summary>
    [Fact]
    public async Task RunForever_OnASecondThread_IsRefused()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.CallSoon(running.SetResult);
        Task run = Task.Factory.StartNew(
            loop.RunForever, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await running.Task;
        Assert.True(loop.IsRunning);
        Assert.False(loop.IsOnLoopThread);
        var error = Assert.Throws<InvalidOperationException>(loop.RunForever);
        Assert.Contains("another thread", error.Message, StringComparison.Ordinal);
        loop.CallSoonThreadSafe(loop.Stop);
        await run;
        Assert.False(loop.IsRunning);
    }

    [Fact]
    public void RunForever_OnOneThreadAfterAnother_Works()
    {
        using var test = new TestLoop();
        test.Turn();
        var thread = new Thread(test.Turn);
        test.Loop.CallSoon(() => test.Log.Add($"{Environment.CurrentManagedThreadId == thread.ManagedThreadId}"));
        thread.Start();
        thread.Join();
        Assert.Equal(["True"], test.Log);
    }

    /// <summary>CPython: PolicyTests.test_get_event_loop,
    /// GetEventLoopTestsMixin.test_get_event_loop_returns_running_loop,
    /// test_get_event_loop_returns_running_loop2.</summary>
    [Fact]
    public void Running_InsideAndOutside_NamesTheLoopOfTheThread()
    {
        using var test = new TestLoop();
        Assert.Throws<InvalidOperationException>(() => EventLoop.Running);
        Assert.Throws<InvalidOperationException>(() => Aio.RunningLoop);
        EventLoop? inside = null;
        test.Loop.CallSoon(() => inside = EventLoop.Running);
        test.Turn();
        Assert.Same(test.Loop, inside);
        Assert.Throws<InvalidOperationException>(() => EventLoop.Running);
    }

    [Fact]
    public void RunForever_ThatEndsWithAnError_LeavesTheLoopUsable()
    {
        using var test = new TestLoop();
        test.Loop.ExceptionHandler = null;
        Assert.Throws<DeadlockException>(test.Loop.RunForever);
        Assert.False(test.Loop.IsRunning);
        Assert.Throws<InvalidOperationException>(() => EventLoop.Running);
        test.Loop.CallSoon(test.Write("ran"));
        test.Turn();
        Assert.Equal(["ran"], test.Log);
    }

    [Fact]
    public void RunForever_PutsTheThreadsContextsBack()
    {
        using var test = new TestLoop();
        var local = new AsyncLocal<string> { Value = "outside" };
        var mine = new SynchronizationContext();
        SynchronizationContext? before = SynchronizationContext.Current;
        try
        {
            SynchronizationContext.SetSynchronizationContext(mine);
            test.Loop.CallSoon(() => local.Value = "inside");
            test.Turn();
            Assert.Same(mine, SynchronizationContext.Current);
            Assert.Equal("outside", local.Value);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void RunForever_WhereTheFlowOfContextIsSuppressed_LeavesItSuppressed()
    {
        using var test = new TestLoop();
        var local = new AsyncLocal<string> { Value = "outside" };
        using (ExecutionContext.SuppressFlow())
        {
            test.Loop.CallSoon(() => local.Value = "inside");
            test.Turn();
            Assert.True(ExecutionContext.IsFlowSuppressed());
            Assert.Equal("outside", local.Value);
        }

        Assert.False(ExecutionContext.IsFlowSuppressed());
    }

    [Fact]
    public void Time_IsReadAnewAtEachCall()
    {
        using var test = new TestLoop();
        test.Clock.Advance(3.Seconds());
        Assert.Equal(3.Seconds(), test.Loop.Time);
        test.Clock.Advance(0.5.Seconds());
        Assert.Equal(3.5.Seconds(), test.Loop.Time);
        Assert.Same(test.Clock, test.Loop.Clock);
    }

    [Fact]
    public void Time_OnTheSystemClock_NeverGoesBack()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        TimeSpan last = loop.Time;
        for (int i = 0; i < 1000; i++)
        {
            TimeSpan now = loop.Time;
            Assert.True(now >= last);
            last = now;
        }
    }

    /// <summary>CPython: BaseEventLoopTests.test_time_and_call_at. Guarantee G-12.</summary>
    [Fact]
    public void CallLater_OnTheSystemClock_IsNeverEarly()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        var late = new List<TimeSpan>();
        for (int i = 0; i < 20; i++)
        {
            TimeSpan when = loop.Time + i.Milliseconds();
            loop.CallAt(when, () => late.Add(loop.Time - when));
        }

        loop.CallLater(25.Milliseconds(), loop.Stop);
        loop.RunForever();
        Assert.Equal(20, late.Count);
        Assert.All(late, by => Assert.True(by >= TimeSpan.Zero));
    }

    private sealed class CountedEvent : PollOperation
    {
        public int Count { get; private set; }

        public override void Execute() => Count++;
    }

    /// <summary>A poller for which one thing becomes ready, in its first poll.</summary>
    private sealed class OneEventPoller : Poller
    {
        private bool _given;

        public CountedEvent Event { get; } = new();

        public override string BackendName => "one event";

        public override bool HasOperations => true;

        public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
        {
            if (!_given)
            {
                _given = true;
                ready.Enqueue(Event);
            }
        }

        public override void Wake()
        {
        }

        public override PollSocket Attach(Socket socket) => throw new NotSupportedException("This poller has no I/O.");

        protected override void Dispose(bool disposing)
        {
        }
    }
}

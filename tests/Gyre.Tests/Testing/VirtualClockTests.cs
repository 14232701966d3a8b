using Gyre.Testing;

namespace Gyre.Tests.Testing;

public class VirtualClockTests
{
    // Nobody outside works for these loops: with no patience, whatever is not recognised as the loop's own
    // shows.
    private readonly VirtualClock _clock = new() { Patience = TimeSpan.FromMinutes(10) };

    [Fact]
    public void Elapsed_NothingReady_JumpsToTheNextTimer() => Run(async () =>
    {
        await Aio.Sleep(TimeSpan.FromDays(400));
        Assert.Equal(TimeSpan.FromDays(400), _clock.Elapsed);
        Assert.Equal(_clock.Elapsed, Aio.RunningLoop.Time);
        Assert.Equal(new DateTimeOffset(2001, 2, 4, 0, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
        Assert.Equal(_clock.GetUtcNow(), _clock.GetLocalNow());
    });

    [Fact]
    public void Advance_MakesTimersDue_InTheirOrder() => Run(async () =>
    {
        var log = new List<string>();
        Aio.RunningLoop.CallLater(2.Seconds(), () => log.Add("two"));
        Aio.RunningLoop.CallLater(1.Seconds(), () => log.Add("one"));
        Aio.RunningLoop.CallLater(9.Seconds(), () => log.Add("nine"));
        _clock.Advance(5.Seconds());
        Assert.Empty(log);
        await _clock.WaitUntilIdleAsync();
        Assert.Equal(["one", "two"], log);
        Assert.Equal(5.Seconds(), _clock.Elapsed);
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
    });

    [Fact]
    public void Current_OtherClock_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => VirtualClock.Current);
        Run(async () =>
        {
            await Aio.Yield();
            Assert.Same(_clock, VirtualClock.Current);
        });
        using var runner = new Runner();
        runner.Run(Check());

        static async Coroutine Check()
        {
            await Aio.Yield();
            Assert.Throws<InvalidOperationException>(() => VirtualClock.Current);
        }
    }

    [Fact]
    public void CreateTimer_WithLoopTimers_FiresInDueOrder() => Run(async () =>
    {
        var log = new List<string>();
        EventLoop loop = Aio.RunningLoop;
        loop.CallLater(2.Seconds(), () => log.Add("loop 2"));
        using ITimer first = Timer(1.Seconds(), () => log.Add("timer 1"));
        using ITimer second = Timer(2.Seconds(), () => log.Add("timer 2"));
        using ITimer third = Timer(3.Seconds(), () => log.Add("timer 3"));
        loop.CallLater(2.Seconds(), () => log.Add("loop 2 again"));
        loop.CallLater(3.Seconds(), () => log.Add("loop 3"));
        await Aio.Sleep(10.Seconds());
        Assert.Equal(["timer 1", "loop 2", "timer 2", "loop 2 again", "timer 3", "loop 3"], log);
    });

    [Fact]
    public void CreateTimer_Period_FiresAtEachMultiple() => Run(async () =>
    {
        var times = new List<TimeSpan>();
        ITimer timer = _clock.CreateTimer(_ => times.Add(_clock.Elapsed), null, 1.Seconds(), 2.Seconds());
        await Aio.Sleep(6.Seconds());
        Assert.True(timer.Change(1.Seconds(), Timeout.InfiniteTimeSpan));
        await Aio.Sleep(6.Seconds());
        await timer.DisposeAsync();
        Assert.False(timer.Change(1.Seconds(), Timeout.InfiniteTimeSpan));
        Assert.Equal([1.Seconds(), 3.Seconds(), 5.Seconds(), 7.Seconds()], times);
    });

    [Fact]
    public void CreateTimer_ChangedOrDisposed_FiresAsTold() => Run(async () =>
    {
        var log = new List<string>();
        ITimer moved = Timer(1.Seconds(), () => log.Add($"moved {_clock.Elapsed.TotalSeconds}"));
        ITimer stopped = Timer(1.Seconds(), () => log.Add("stopped"));
        ITimer disposed = Timer(1.Seconds(), () => log.Add("disposed"));
        ITimer later = Timer(Timeout.InfiniteTimeSpan, () => log.Add($"later {_clock.Elapsed.TotalSeconds}"));
        moved.Change(2.Seconds(), Timeout.InfiniteTimeSpan);
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        disposed.Dispose();
        later.Change(3.Seconds(), TimeSpan.Zero);
        await Aio.Sleep(10.Seconds());
        Assert.Equal(["moved 2", "later 3"], log);
        Assert.Throws<ArgumentOutOfRangeException>(() => Timer(TimeSpan.FromSeconds(-5), () => { }));
    });

    [Fact]
    public void CreateTimer_CallbackThrows_IsReported()
    {
        var reports = new List<ExceptionContext>();
        using var runner = new Runner(_clock.CreateOptions(debug: true));
        runner.Loop.ExceptionHandler = (_, context) => reports.Add(context);
        using ITimer timer = Timer(1.Seconds(), () => throw new InvalidDataException());
        runner.Run(Aio.Sleep(2.Seconds()));
        Assert.IsType<InvalidDataException>(Assert.Single(reports).Exception);
    }

    [Fact]
    public void CreateTimer_BeforeAndBetweenLoops_FiresOnTheNextOne()
    {
        var times = new List<TimeSpan>();
        TimerCallback note = _ => times.Add(_clock.Elapsed);
        using ITimer timer = _clock.CreateTimer(note, null, 2.Seconds(), 2.Seconds());
        Run(async () => await Aio.Sleep(3.Seconds()));
        Run(async () => await Aio.Sleep(2.Seconds()));
        Assert.Equal([2.Seconds(), 4.Seconds()], times);
    }

    [Fact]
    public void CreateTimer_OnOtherThread_FiresOnTheLoop() => Run(async () =>
    {
        EventLoop loop = Aio.RunningLoop;
        bool onLoop = false;
        ITimer timer = await Aio.ToThread(() => Timer(1.Seconds(), () => onLoop = loop.IsOnLoopThread));
        await Aio.Sleep(2.Seconds());
        timer.Dispose();
        Assert.True(onLoop);
    });

    [Fact]
    public void TaskDelay_WithTheClock_TakesVirtualTime() => Run(async () =>
    {
        await Task.Delay(3.Seconds(), _clock);
        Assert.Equal(3.Seconds(), _clock.Elapsed);
        Task both = Task.WhenAll(Task.Delay(1.Seconds(), _clock), Task.Delay(2.Seconds(), _clock));
        await both;
        Assert.Equal(5.Seconds(), _clock.Elapsed);
        await Assert.ThrowsAsync<TimeoutException>(
            () => new TaskCompletionSource().Task.WaitAsync(4.Seconds(), _clock));
        Assert.Equal(9.Seconds(), _clock.Elapsed);
    });

    [Fact]
    public void PeriodicTimer_WithTheClock_Ticks() => Run(async () =>
    {
        using var timer = new PeriodicTimer(10.Seconds(), _clock);
        for (int i = 1; i <= 100; i++)
        {
            Assert.True(await timer.WaitForNextTickAsync());
            Assert.Equal(10.Seconds() * i, _clock.Elapsed);
        }
    });

    [Fact]
    public void CancellationTokenSource_WithTheClock_EndsAWaitOfTheLoop() => Run(async () =>
    {
        using var source = new CancellationTokenSource(5.Seconds(), _clock);
        LoopTask task = Aio.CreateTask(Aio.Sleep(TimeSpan.FromHours(1)), cancellationToken: source.Token);
        await Aio.Wait([task]);
        Assert.True(task.IsCancelled);
        Assert.Equal(5.Seconds(), _clock.Elapsed);
    });

    [Fact]
    public void CancellationTokenSource_AgainstABclTask_WinsWhenPatienceEnds()
    {
        var clock = new VirtualClock { Patience = TimeSpan.FromMilliseconds(1) };
        Aio.Run(Wait, clock.CreateOptions());
        Assert.Equal(5.Seconds(), clock.Elapsed);

        async Coroutine Wait()
        {
            using var source = new CancellationTokenSource(5.Seconds(), clock);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => new TaskCompletionSource().Task.WaitAsync(source.Token));
        }
    }

    [Fact]
    public void PlainAsyncCode_OfTheLoop_NeedsNoPatience() => Run(async () =>
    {
        await Plain();
        Assert.Equal(6.Seconds(), _clock.Elapsed);

        async Task Plain()
        {
            await Aio.Sleep(1.Seconds());
            await Aio.CreateTask(Aio.Sleep(1.Seconds()));
            await Task.Delay(1.Seconds(), _clock);
            await Aio.CreateTask(Aio.Sleep(3.Seconds())).AsTask();
        }
    });

    [Fact]
    public void ToThread_OfALongCall_StopsTheClock() => Run(async () =>
    {
        using var gate = new ManualResetEventSlim();
        EventLoop loop = Aio.RunningLoop;
        loop.CallLater(TimeSpan.FromHours(1), gate.Set);
        LoopTask<TimeSpan> call = Aio.CreateTask(Aio.ToThread(() =>
        {
            // Time would jump by an hour and open the gate, if it did not stand still.
            Assert.False(gate.Wait(20));
            return _clock.Elapsed;
        }));
        Assert.Equal(TimeSpan.Zero, await call);
    });

    [Fact]
    public void WaitUntilIdle_OthersReady_RunFirst() => Run(async () =>
    {
        var log = new List<string>();
        LoopTask other = Aio.CreateTask(Idle("other"));
        _ = Aio.CreateTask(Yields());
        await _clock.WaitUntilIdleAsync();
        log.Add("main");
        await other;
        Assert.Equal(["yields", "main", "other"], log);
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);

        async Coroutine Idle(string name)
        {
            await Aio.Yield();
            await _clock.WaitUntilIdleAsync();
            log.Add(name);
        }

        async Coroutine Yields()
        {
            for (int i = 0; i < 10; i++)
            {
                await Aio.Yield();
            }

            log.Add("yields");
            await Aio.Sleep(1.Seconds());
        }
    });

    [Fact]
    public void RunUntilIdle_ThenRunFor_DriveByHand()
    {
        var log = new List<string>();
        using var loop = new EventLoop(_clock.CreateOptions(debug: true));
        loop.CallSoon(() => loop.CallSoon(() => log.Add("soon")));
        loop.CallLater(2.Seconds(), () => log.Add("later"));
        loop.RunUntilIdle();
        Assert.Equal(["soon"], log);
        loop.RunFor(1.Seconds());
        Assert.Equal(["soon"], log);
        loop.RunFor(1.Seconds());
        Assert.Equal(["soon", "later"], log);
        Assert.Equal(2.Seconds(), _clock.Elapsed);
    }

    private ITimer Timer(TimeSpan due, Action callback) =>
        _clock.CreateTimer(_ => callback(), null, due, Timeout.InfiniteTimeSpan);

    private void Run(Func<Coroutine> main) => Aio.Run(main, _clock.CreateOptions(debug: true));
}

namespace Gyre.Testing;

/// <summary>A clock that stands still while anything is ready and then jumps to the next timer.</summary>
/// <remarks>
/// <para>Give it to one loop at a time through <see cref="CreateOptions"/>. Hours pass in no time, every run
/// is the same, and a program in which everybody waits for ever ends with a
/// <see cref="DeadlockException"/>.</para>
/// <para>It is a <see cref="TimeProvider"/>: <c>Task.Delay(…, clock)</c>, <c>PeriodicTimer</c>,
/// <c>CancellationTokenSource(…, clock)</c> and all else that takes one obey it. Timers of BCL code run on
/// the loop's thread, merged with the loop's own: by time, then in the order in which they were set.</para>
/// <para>While a call in an executor of the library is awaited, time stands still until that has ended. Of a
/// BCL task nobody knows whether another thread will end it or something that waits for this clock. When
/// there are at least as many waits of the second kind as BCL tasks are awaited, the clock takes them for the
/// cause and jumps after a moment. Otherwise it jumps after <see cref="Patience"/>.</para>
/// </remarks>
public sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly HashSet<VirtualTimer> _armed = [];
    private readonly List<Future<bool>> _idleWaiters = [];
    private long _ticks;
    private int _waitedFor;
    private VirtualPoller? _poller;

    /// <summary>The clock of the running loop.</summary>
    /// <exception cref="InvalidOperationException">No loop runs on this thread, or it has another
    /// clock.</exception>
    public static VirtualClock Current => Aio.RunningLoop.Clock as VirtualClock
        ?? throw new InvalidOperationException(
            "The running loop has no virtual clock. Make it with the options of VirtualClock.CreateOptions.");

    /// <summary>How long, in real time, the clock waits before a jump when a BCL task is awaited that may be
    /// the work of another thread. 100 ms by default.</summary>
    /// <remarks>With no timer to jump to, a deadlock is reported after 300 times as long. Longer is safer
    /// where such a task is the work of another thread, and slower where it waits for this clock in a way
    /// that nobody sees.</remarks>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many iterations the loop may run without time passing. 10 million by default.</summary>
    /// <remarks>One more is a <see cref="LivelockException"/>.</remarks>
    public int IterationsMax { get; init; } = 10_000_000;

    /// <summary>The time since the clock was made.</summary>
    /// <remarks>Any thread.</remarks>
    public TimeSpan Elapsed => new(Volatile.Read(ref _ticks));

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Always UTC: a test does not depend on where it runs.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    internal Lock TimersLock { get; } = new();

    /// <summary>Called at the start of each iteration of the loop, on its thread.</summary>
    internal Action<EventLoop>? Iterating { get; set; }

    /// <summary>The armed timers that somebody waits for.</summary>
    internal int WaitedFor => Volatile.Read(ref _waitedFor);

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <summary>The start of the year 2000 and the time that has elapsed since.</summary>
    public override DateTimeOffset GetUtcNow() => s_start + Elapsed;

    /// <summary>Options for a loop that runs on this clock, without I/O.</summary>
    /// <param name="debug">Whether the loop starts in debug mode.</param>
    public EventLoopOptions CreateOptions(bool debug = false) =>
        new() { Clock = this, Poller = new VirtualPoller(this), Debug = debug };

    /// <summary>Moves the clock. Never backwards.</summary>
    /// <param name="by">How far; at least zero.</param>
    /// <remarks>Any thread. As if something had taken that long without waiting: timers that are due by then
    /// run in the next iteration, in their order.</remarks>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Interlocked.Add(ref _ticks, by.Ticks);
        _poller?.Wake();
    }

    /// <summary>Makes a timer of this clock, for BCL code.</summary>
    /// <param name="callback">Runs on the loop's thread, each time the timer is due.</param>
    /// <param name="state">What the callback is given.</param>
    /// <param name="dueTime">When it first runs, from now; <see cref="Timeout.InfiniteTimeSpan"/> for
    /// never.</param>
    /// <param name="period">The time between runs; zero or <see cref="Timeout.InfiniteTimeSpan"/> for a
    /// single one.</param>
    /// <remarks>Any thread. While no loop has this clock, timers wait for one. What a callback throws goes to
    /// the loop's exception handler.</remarks>
    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until nothing else is ready: every other task waits for something.</summary>
    /// <remarks>On the thread of this clock's loop. No time passes. Those who wait so at once go on at once,
    /// in the order of their calls. On cancel: nothing changes. trio:
    /// <c>wait_all_tasks_blocked</c>.</remarks>
    /// <exception cref="InvalidOperationException">The running loop has another clock.</exception>
    public async Coroutine WaitUntilIdleAsync()
    {
        if (Current != this)
        {
            throw new InvalidOperationException("This is not the clock of the running loop.");
        }

        Future<bool> waiter = Aio.RunningLoop.CreateFuture<bool>();
        _idleWaiters.Add(waiter);
        try
        {
            await waiter;
        }
        finally
        {
            _idleWaiters.Remove(waiter);
        }
    }

    /// <summary>Lets those go on who wait for the loop to be idle. False when nobody does.</summary>
    internal bool ReleaseIdleWaiters()
    {
        bool any = false;
        foreach (Future<bool> waiter in _idleWaiters)
        {
            any |= waiter.TrySetResult(true);
        }

        return any;
    }

    /// <summary>A loop has come to this clock: timers that were set before become its own.</summary>
    internal void Attach(VirtualPoller poller)
    {
        VirtualTimer[] armed;
        lock (TimersLock)
        {
            _poller = poller;
            armed = [.. _armed.OrderBy(timer => timer.DueTicks)];
        }

        foreach (VirtualTimer timer in armed)
        {
            timer.ScheduleOn(poller.Loop);
        }
    }

    internal void OnIteration(EventLoop loop) => Iterating?.Invoke(loop);

    /// <summary>Keeps the timer while it is armed. Under the lock.</summary>
    internal void Track(VirtualTimer timer)
    {
        if (timer.IsArmed ? _armed.Add(timer) : _armed.Remove(timer))
        {
            _waitedFor += timer.IsWaitedFor ? timer.IsArmed ? 1 : -1 : 0;
        }
    }

    /// <summary>Gives an armed timer to the loop, if there is one. Any thread.</summary>
    internal void Schedule(VirtualTimer timer)
    {
        if (_poller?.Loop is not { IsClosed: false } loop)
        {
            return;
        }

        if (loop.IsOnLoopThread)
        {
            timer.ScheduleOn(loop);
        }
        else
        {
            // A loop that closes meanwhile leaves the timer to the clock's next one.
            loop.TryPostThreadSafe(Callbacks.Action, (Action)(() => timer.ScheduleOn(loop)), null);
        }
    }
}

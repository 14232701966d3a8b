using System.Diagnostics;
using Gyre.Polling;

namespace Gyre;

/// <summary>One thread's loop: it runs callbacks, timers, coroutines and I/O, one at a time.</summary>
/// <remarks>
/// <para>Not thread-safe except for the members that end in <c>ThreadSafe</c>. Everything else belongs to the
/// thread that
/// runs the loop (before it runs: to the thread that set it up), and is checked in debug mode.</para>
/// <para>asyncio: <c>AbstractEventLoop</c>.</para>
/// </remarks>
[DebuggerDisplay("IsRunning = {IsRunning}, IsClosed = {IsClosed}, Ready = {Ready.Count}, Timers = {Timers.PendingCount}")]
public sealed partial class EventLoop : IDisposable
{
    private readonly Poller _poller;
    private readonly TimeProvider _clock;
    private readonly LoopInbox _inbox;
    private readonly LoopClockScale _scale;
    private readonly List<object> _attachments = [];
    private object? _sleepSlot;
    private readonly ExecutionContext? _madeIn = ExecutionContext.Capture();

    /// <summary>Makes a loop with the machine's clock and its best I/O backend.</summary>
    public EventLoop()
        : this(new EventLoopOptions())
    {
    }

    /// <summary>Makes a loop. It runs nothing until one of the <c>Run</c> methods is called.</summary>
    /// <exception cref="PlatformNotSupportedException">The machine lacks the backend that was asked for.</exception>
    public EventLoop(EventLoopOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = options.Clock ?? TimeProvider.System;
        _scale = new LoopClockScale(_clock);
        _poller = options.Poller ?? Poller.Create(options.Backend);
        if (_poller.FallbackReason is { } reason)
        {
            RuntimeWarnings.Raise(
                $"{Poller.BackendVariable} asks for another I/O backend than {_poller.BackendName}, but {reason}");
        }

        _inbox = new LoopInbox(this, _poller);
        _busyPolling = MakeBusyPolling(options, _clock);
        _awaitsInTurn = options.StepBudget == 0 ? Unlimited : options.StepBudget;
        _timerPacing = MakeTimerPacing(options, _clock);
        Debug = options.Debug ?? Environment.GetEnvironmentVariable("GYRE_DEBUG") == "1";
        SynchronizationContext = new LoopSynchronizationContext(this);
        TaskScheduler = new LoopTaskScheduler(this);
        (_poller as ILoopObserver)?.Attach(this);
    }

    /// <summary>The loop's time: monotonic, from an arbitrary start. asyncio: <c>loop.time()</c>.</summary>
    /// <remarks>Any thread. Read anew at each call; it does not stand still during an iteration.</remarks>
    public TimeSpan Time => new(NowTicks);

    /// <summary>The clock that <see cref="Time"/> reads.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>The name of the I/O backend: <c>epoll</c>, <c>io_uring</c>, <c>portable</c>, or another poller's own.</summary>
    public string BackendName => _poller.BackendName;

    /// <summary>Posts to this loop. It is the current context of the loop's thread while the loop runs.</summary>
    public SynchronizationContext SynchronizationContext { get; }

    /// <summary>Runs BCL tasks on this loop's thread, in their turn.</summary>
    public TaskScheduler TaskScheduler { get; }

    internal ReadyQueue Ready { get; } = new();

    internal TimerHeap Timers { get; } = new();

    internal Poller Poller => _poller;

    internal long NowTicks => _scale.ToTicks(_clock.GetTimestamp());

    /// <summary>The task whose step is being run. Kept here because a task's step is the loop's hottest path.</summary>
    internal WorkItem? CurrentWork { get; set; }

    /// <summary>The task that went on in the turn of the I/O that it waited for. Debug mode names it when the turn was
    /// slow.</summary>
    internal WorkItem? ResumedInTurn { get; set; }

    /// <summary>The tasks' own attachment, kept at hand because every new task asks for it.</summary>
    internal object? TaskSlot { get; set; }

    /// <summary>The free calls of <c>Aio.Sleep</c>.</summary>
    internal ref object? SleepSlot => ref _sleepSlot;

    /// <summary>The free waiters of the loop's locks and queues. What belongs to the loop is kept by nothing that outlives
    /// it.</summary>
    internal object? WaiterSlot { get; set; }

    /// <summary>What runs coroutines on the thread that runs the loop, while it does: in it, not found by the thread at
    /// each step.</summary>
    internal object? TrampolineSlot { get; set; }

    /// <summary>The waits of plain async code that the running step has begun, the last first.</summary>
    internal WorkItem? PlainWaits { get; set; }

    /// <summary>The foreign await of a task whose plain code runs on now; null else.</summary>
    internal WorkItem? PlainPart { get; set; }

    /// <summary>The exception that the next resumed <c>await</c> throws instead of its result.</summary>
    internal Exception? Injected { get; set; }

    /// <summary>Waits that a thread outside the loop will end, as it is sure to do: calls in executors.</summary>
    /// <remarks>A virtual clock does not move, and reports no deadlock, while there are any.</remarks>
    internal int ExternalWaits { get; set; }

    /// <summary>Awaits of what is not of this library: BCL tasks. Who ends them is not known; it may be this
    /// loop.</summary>
    /// <remarks>A virtual clock is patient with them, and reports no deadlock, while there are any.</remarks>
    internal int ForeignWaits { get; set; }

    /// <summary>Waits of plain BCL code for something of this loop.</summary>
    /// <remarks>Each is taken to be what one of the <see cref="ForeignWaits"/> comes down to.</remarks>
    internal int BclWaits { get; set; }

    /// <summary>Whether an outcome has left for BCL code that may come back with it, from a thread of the
    /// pool.</summary>
    /// <remarks>Set when a future has ended for its BCL task, and cleared by a virtual clock that has waited for
    /// nothing
    /// then.</remarks>
    internal bool OutcomeLeft { get; set; }

    /// <summary>Schedules a callback for the next iteration.</summary>
    /// <param name="callback">Runs once, on the loop's thread.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    /// <remarks>Loop thread only. First in, first out; never runs inside this call. An exception goes to the
    /// exception handler. Guarantees G-10, G-11. asyncio: <c>call_soon</c>.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed.</exception>
    public Handle CallSoon(Action callback, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Schedule(callback, null, context);
    }

    /// <inheritdoc cref="CallSoon(Action, ExecutionContext?)"/>
    /// <param name="callback">Runs once, on the loop's thread, with <paramref name="state"/>.</param>
    /// <param name="state">What the callback is given. With a cached delegate nothing is allocated.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    public Handle CallSoon(Action<object?> callback, object? state, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Schedule(callback, state, context);
    }

    /// <summary>Schedules a callback for a time from now.</summary>
    /// <param name="delay">How long to wait. Zero or less means: in the next iteration that looks at timers.</param>
    /// <param name="callback">Runs once, on the loop's thread.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    /// <remarks>Loop thread only. Never early. Timers run in the order of their times; timers of one instant in
    /// the order
    /// in which they were scheduled. Guarantee G-12. asyncio: <c>call_later</c>.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed.</exception>
    public TimerHandle CallLater(TimeSpan delay, Action callback, ExecutionContext? context = null) =>
        ScheduleAt(AddTicks(NowTicks, delay), Callbacks.Action, callback, null, context);

    /// <inheritdoc cref="CallLater(TimeSpan, Action, ExecutionContext?)"/>
    /// <param name="delay">How long to wait.</param>
    /// <param name="callback">Runs once, on the loop's thread, with <paramref name="state"/>.</param>
    /// <param name="state">What the callback is given.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    public TimerHandle CallLater(
        TimeSpan delay, Action<object?> callback, object? state, ExecutionContext? context = null) =>
        ScheduleAt(AddTicks(NowTicks, delay), Callbacks.ActionWithState, callback, state, context);

    /// <summary>Schedules a callback for a time on the loop's clock.</summary>
    /// <param name="when">A time as <see cref="Time"/> tells it. One that has passed means: as soon as
    /// possible.</param>
    /// <param name="callback">Runs once, on the loop's thread.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    /// <remarks>As <see cref="CallLater(TimeSpan, Action, ExecutionContext?)"/>. asyncio: <c>call_at</c>.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed.</exception>
    public TimerHandle CallAt(TimeSpan when, Action callback, ExecutionContext? context = null) =>
        ScheduleAt(when.Ticks, Callbacks.Action, callback, null, context);

    /// <inheritdoc cref="CallAt(TimeSpan, Action, ExecutionContext?)"/>
    /// <param name="when">A time as <see cref="Time"/> tells it.</param>
    /// <param name="callback">Runs once, on the loop's thread, with <paramref name="state"/>.</param>
    /// <param name="state">What the callback is given.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    public TimerHandle CallAt(
        TimeSpan when, Action<object?> callback, object? state, ExecutionContext? context = null) =>
        ScheduleAt(when.Ticks, Callbacks.ActionWithState, callback, state, context);

    /// <summary>Schedules one of the library's own timers.</summary>
    internal void AddTimer(ITimerEntry timer, long whenTicks)
    {
        CheckCanSchedule();
        AssertOnLoop();
        Timers.Add(timer, whenTicks);
    }

    internal static long AddTicks(long ticks, TimeSpan delay)
    {
        long sum = unchecked(ticks + delay.Ticks);
        return delay > TimeSpan.Zero && sum < ticks ? long.MaxValue : sum;
    }

    /// <summary>What a higher layer keeps for this loop, made on first use; disposed of when the loop closes.</summary>
    internal T Attachment<T>(Func<EventLoop, T> create)
        where T : class
    {
        if (FindAttachment<T>() is { } found)
        {
            return found;
        }

        T made = create(this);
        _attachments.Add(made);
        return made;
    }

    internal T? FindAttachment<T>()
        where T : class
    {
        // No LINQ: an empty program would load it for this.
        foreach (object attachment in _attachments)
        {
            if (attachment is T found)
            {
                return found;
            }
        }

        return null;
    }

    internal bool IsPending(long position) =>
        Ready.Contains(position) && Ready.At(position).Item != Callbacks.Cancelled;

    internal bool IsCancelled(long position) =>
        Ready.Contains(position) && Ready.At(position).Item == Callbacks.Cancelled;

    internal bool CancelReady(long position)
    {
        AssertOnLoop();
        if (!IsPending(position))
        {
            return false;
        }

        Ready.At(position) = new ReadyEntry(Callbacks.Cancelled, null, null, null);
        return true;
    }

    private Handle Schedule(object callback, object? state, ExecutionContext? context)
    {
        CheckCanSchedule();
        AssertOnLoop();
        if (!IsRunning)
        {
            // Before a run there is one queue for all: what was posted before this call comes before it.
            _inbox.DrainAllTo(Ready);
        }

        return new Handle(this, Ready.Enqueue(callback, state, context ?? CaptureContext()));
    }

    private TimerHandle ScheduleAt(
        long whenTicks, WorkItem item, object callback, object? state, ExecutionContext? context)
    {
        ArgumentNullException.ThrowIfNull(callback);
        CheckCanSchedule();
        AssertOnLoop();
        var timer = new TimerHandle(this, item, callback, state, context ?? CaptureContext());
        Timers.Add(timer, whenTicks);
        return timer;
    }
}

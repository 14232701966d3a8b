namespace Gyre.Testing;

/// <summary>A timer that BCL code made of a <see cref="VirtualClock"/>. It fires on the loop of that clock,
/// in its turn.</summary>
/// <remarks>Any thread may change and dispose of it, as with every BCL timer.</remarks>
// Off ──Change──▶ Armed ──its time──▶ Off, or Armed again if it has a period
//   any ──Dispose──▶ Disposed
// Invariant: the entry of the loop that carries the current generation is the only one that fires.
internal sealed class VirtualTimer : ITimer
{
    private readonly VirtualClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private long _dueTicks;
    private TimeSpan _period;
    private int _generation;
    private bool _disposed;

    public VirtualTimer(VirtualClock clock, TimerCallback callback, object? state)
    {
        _clock = clock;
        _callback = callback;
        _state = state;
    }

    public bool IsArmed { get; private set; }

    public long DueTicks => _dueTicks;

    /// <summary>Whether code that waits is resumed when the timer fires. A source's timer only limits such
    /// waits.</summary>
    public bool IsWaitedFor => _state is not CancellationTokenSource;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        CheckTime(dueTime, nameof(dueTime));
        CheckTime(period, nameof(period));
        lock (_clock.TimersLock)
        {
            if (_disposed)
            {
                return false;
            }

            _generation++;
            IsArmed = dueTime != Timeout.InfiniteTimeSpan;
            _dueTicks = _clock.Elapsed.Ticks + dueTime.Ticks;
            _period = period;
            _clock.Track(this);
        }

        _clock.Schedule(this);
        return true;
    }

    public void Dispose()
    {
        lock (_clock.TimersLock)
        {
            _disposed = true;
            IsArmed = false;
            _clock.Track(this);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <summary>Puts the timer among those of the loop. On the loop's thread.</summary>
    public void ScheduleOn(EventLoop loop)
    {
        int generation;
        long dueTicks;
        lock (_clock.TimersLock)
        {
            if (!IsArmed)
            {
                return;
            }

            generation = _generation;
            dueTicks = _dueTicks;
        }

        loop.CallAt(new TimeSpan(dueTicks), () => Fire(loop, generation), _context);
    }

    private void Fire(EventLoop loop, int generation)
    {
        lock (_clock.TimersLock)
        {
            if (!IsArmed || generation != _generation)
            {
                return;
            }

            _generation++;
            IsArmed = _period > TimeSpan.Zero;
            _dueTicks += _period.Ticks;
            _clock.Track(this);
        }

        ScheduleOn(loop);
        _callback(_state);
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
        }
    }
}

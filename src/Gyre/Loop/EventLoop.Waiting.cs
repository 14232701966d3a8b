using System.Globalization;

namespace Gyre;

// How the loop waits: it polls, perhaps for a while, and then blocks.
public sealed partial class EventLoop
{
    /// <summary>The longest single wait. A timer further away is waited for in pieces.</summary>
    private const long WaitTicksMax = TimeSpan.TicksPerDay;

    /// <summary>The environment variable behind <see cref="EventLoopOptions.BusyPoll"/>, in microseconds.</summary>
    private const string BusyPollVariable = "GYRE_BUSY_POLL";

    /// <summary>Some cycles between two looks that cost no system call, so that the writer gets at the line.</summary>
    private const int SpinsBetweenLooks = 4;

    private readonly BusyPolling? _busyPolling;
    private readonly TimerPacing? _timerPacing;

    private void PollForIO()
    {
        if (Ready.Count > 0 || _stopping)
        {
            Look();
            return;
        }

        long timeoutNanoseconds = NanosecondsToNextTimer();
        if (timeoutNanoseconds != 0 && _busyPolling is { IsPolling: true } busy)
        {
            timeoutNanoseconds = PollBusily(busy, timeoutNanoseconds);
            if (timeoutNanoseconds == 0)
            {
                return;
            }
        }

        if (timeoutNanoseconds != 0 && _inbox.TryBeginBlocking())
        {
            Block(timeoutNanoseconds);
        }
        else
        {
            Look();
        }
    }

    /// <summary>Looks for I/O. A look that would find nothing is a system call for nothing.</summary>
    private void Look()
    {
        if (_poller.HasOperations)
        {
            _poller.Poll(0, this);
        }
    }

    private void Block(long timeoutNanoseconds)
    {
        if (_busyPolling is null && _timerPacing is null)
        {
            _poller.Poll(timeoutNanoseconds, this);
            return;
        }

        long begin = _clock.GetTimestamp();
        if (timeoutNanoseconds > 0 && _timerPacing is { } pacing)
        {
            timeoutNanoseconds = pacing.Lengthen(begin, timeoutNanoseconds);
        }

        _poller.Poll(timeoutNanoseconds, this);
        if (timeoutNanoseconds > 0 && Ready.Count == 0 && _inbox.IsEmpty)
        {
            // A timer's time has come. That says nothing about how soon others answer.
            _timerPacing?.OnTimerWake();
            return;
        }

        _busyPolling?.OnBlocked(begin, _clock.GetTimestamp(), Ready.Position);
    }

    /// <summary>Looks again and again until something is there or the budget is used up.</summary>
    /// <returns>How long the loop still has to wait: 0 when something is there.</returns>
    private long PollBusily(BusyPolling busy, long timeoutNanoseconds)
    {
        long begin = _clock.GetTimestamp();
        long end;
        bool isDue;
        bool isFound;
        do
        {
            Look();
            Thread.SpinWait(SpinsBetweenLooks);
            end = _clock.GetTimestamp();
            isDue = timeoutNanoseconds > 0 && NanosecondsBetween(begin, end) >= timeoutNanoseconds;

            // A post is seen here before the loop says that it blocks: its thread need not wake it.
            isFound = isDue || Ready.Count > 0 || !_inbox.IsEmpty;
        }
        while (!isFound && end - begin < busy.Budget);

        busy.OnPolled(begin, end, isFound, Ready.Turn);
        return isFound ? 0 : timeoutNanoseconds < 0 ? -1 : timeoutNanoseconds - NanosecondsBetween(begin, end);
    }

    private long NanosecondsBetween(long begin, long end) =>
        _clock.GetElapsedTime(begin, end).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>How long the loop may wait: 0 when a timer is due, -1 when none is pending.</summary>
    private long NanosecondsToNextTimer()
    {
        if (Timers.PeekWhenTicks() is not { } when)
        {
            return -1;
        }

        // The two may be further apart than a long can count.
        long now = NowTicks;
        return when <= now ? 0 : (long)Math.Min((ulong)when - (ulong)now, WaitTicksMax) * TimeSpan.NanosecondsPerTick;
    }

    private static TimerPacing? MakeTimerPacing(EventLoopOptions options, TimeProvider clock) =>
        options.PacesTimers ?? (options.Clock is null && options.Poller is null) ? new TimerPacing(clock) : null;

    /// <summary>What the options and the environment say about polling before blocking; null: the loop blocks at
    /// once.</summary>
    private static BusyPolling? MakeBusyPolling(EventLoopOptions options, TimeProvider clock)
    {
        TimeSpan budget = options.BusyPoll
            ?? (options.Clock is null && options.Poller is null ? BusyPollDefault() : TimeSpan.Zero);
        long timestamps = (long)(budget.TotalSeconds * clock.TimestampFrequency);
        return timestamps > 0 ? new BusyPolling(timestamps) : null;
    }

    private static TimeSpan BusyPollDefault()
    {
        string? text = Environment.GetEnvironmentVariable(BusyPollVariable);
        if (string.IsNullOrWhiteSpace(text))
        {
            // Also with one processor: a process that is pinned to it waits for others, which have theirs. Where all
            // share one, the first trial shows that it does not pay.
            return EventLoopOptions.BusyPollUsual;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int microseconds)
            && microseconds <= EventLoopOptions.BusyPollMax.TotalMicroseconds
                ? TimeSpan.FromMicroseconds(microseconds)
                : throw new InvalidOperationException(
                    $"The environment variable {BusyPollVariable} is '{text}'. Set it to the microseconds that a loop "
                    + $"may poll before it blocks, 0 (never) to {EventLoopOptions.BusyPollMax.TotalMicroseconds}, or "
                    + "unset it.");
    }
}

namespace Gyre;

/// <summary>Learns whether it pays that a loop polls for a while before it blocks. See ADR 14.</summary>
/// <remarks>
/// <para>Loop thread only. All times are timestamps of the loop's clock, or differences of them.</para>
/// <para>A core that sleeps takes long to wake, so what is going to happen at once is better waited for awake. What
/// is not costs the whole budget for nothing. So a trial begins only after several waits in a row that were short
/// although the loop blocked, and it has paid when the loop ran more in the same time. That is the measure, and not
/// how soon a poll finds something: a peer that needs this very core answers at once, in a time that is taken from
/// the loop elsewhere.</para>
/// <para>Polls that find nothing are a debt. Those that find something pay it back, and so does time, slowly. Too much
/// of it, and a shortest trial that did not pay, end the polling: for a hundred times as long as the polls took, and
/// twice that each time it happens again.</para>
/// <para>A silence ends what was: what comes after it is likely to be other traffic. It ends a trial without a
/// verdict, since nothing can be said about a rate that it is part of, and the doublings of a pause.</para>
/// </remarks>
// Blocking ──short waits in a row, and no pause──▶ Trial (so many polls)
//    ▲                                               │
//    ├───too much debt, or the shortest: a pause─────┤
//    ├───a longer one has not paid: a shortest one───┤
//    ├───paid: waits anew, then a longer trial───────┤
//    └───a silence: all is forgotten but the debt────┘
//
// Invariant: so long as nothing is gained, each vain poll is followed by at least PauseFactor times its length without
// one.
internal sealed class BusyPolling
{
    /// <summary>How many short waits in a row it takes to know what blocking is worth.</summary>
    internal const int ShortWaitsMin = 8;

    /// <summary>A blocked wait is short up to so many budgets: the time to fall asleep and to wake is in it.</summary>
    internal const int ShortWaitBudgets = 4;

    /// <summary>A blocked wait is a silence from so many budgets on.</summary>
    internal const int SilenceBudgets = 20;

    /// <summary>How many budgets may be in debt before a trial ends.</summary>
    internal const int DebtBudgetsMax = 2;

    /// <summary>How much longer than the polls a pause is: an idle program polls for less than 1 % of its
    /// time.</summary>
    internal const int PauseFactor = 128;

    /// <summary>How often the pause doubles.</summary>
    internal const int DoublingsMax = 4;

    /// <summary>The polls of the first trial. Each that has paid is followed by one of twice as many.</summary>
    internal const int PollsLeast = 16;

    /// <summary>The polls of the longest trial.</summary>
    internal const int PollsMost = 2048;

    /// <summary>A trial has paid when the loop ran so much more in the same time.</summary>
    internal const double GainMin = 1.125;

    private int _shortWaits;
    private long _sampleTime;
    private long _samplePosition;
    private double _blockedRate;

    private int _pollsNext = PollsLeast;
    private int _pollsLeft;
    private long _trialTime;
    private long _trialPosition;
    private long _polled;
    private long _debt;

    // The end of the pause, and what it would be without doublings.
    private int _failures;
    private long _pauseEnd = long.MinValue;
    private long _pauseEndLeast = long.MinValue;

    /// <summary>Makes a record that knows nothing yet.</summary>
    /// <param name="budget">The longest single poll, above 0.</param>
    public BusyPolling(long budget) => Budget = budget;

    /// <summary>The longest single poll.</summary>
    public long Budget { get; }

    /// <summary>Whether the loop is to poll before it blocks.</summary>
    public bool IsPolling { get; private set; }

    /// <summary>The loop has blocked.</summary>
    /// <param name="begin">When it began to.</param>
    /// <param name="end">When that was over.</param>
    /// <param name="position">How much the loop has run in its life.</param>
    public void OnBlocked(long begin, long end, long position)
    {
        long took = end - begin;
        _debt = Math.Max(0, _debt - (took / PauseFactor));
        if (took > SilenceBudgets * Budget)
        {
            OnSilence();
            return;
        }

        if (IsPolling)
        {
            // What a poll has not found.
            return;
        }

        if (took > ShortWaitBudgets * Budget)
        {
            _shortWaits = 0;
        }
        else if (_shortWaits++ == 0)
        {
            _sampleTime = end;
            _samplePosition = position;
        }
        else if (_shortWaits > ShortWaitsMin)
        {
            _shortWaits = 0;
            if (end >= _pauseEnd && _debt < Budget)
            {
                _blockedRate = Rate(end - _sampleTime, position - _samplePosition);
                BeginTrial(end, position);
            }
        }
    }

    /// <summary>The loop has polled.</summary>
    /// <param name="begin">When it began to.</param>
    /// <param name="end">When that was over.</param>
    /// <param name="found">Whether there is something to run.</param>
    /// <param name="position">How much the loop has run in its life.</param>
    public void OnPolled(long begin, long end, bool found, long position)
    {
        long took = Math.Min(end - begin, DebtBudgetsMax * Budget);
        _polled += took;
        _debt = Math.Max(0, _debt + took - (found ? Budget : 0));
        _pollsLeft--;
        if (_debt >= DebtBudgetsMax * Budget)
        {
            OnDebt(end, position);
        }
        else if (_pollsLeft == 0)
        {
            EndTrial(end, position);
        }
    }

    private static double Rate(long time, long count) => (double)count / Math.Max(time, 1);

    private void BeginTrial(long now, long position)
    {
        IsPolling = true;
        _pollsLeft = _pollsNext;
        _trialTime = now;
        _trialPosition = position;
        _polled = 0;
    }

    private bool HasPaid(long now, long position) =>
        Rate(now - _trialTime, position - _trialPosition) >= _blockedRate * GainMin;

    /// <summary>A few long waits among many short ones are worth their debt; the rate tells.</summary>
    private void OnDebt(long now, long position)
    {
        bool hasPaidBefore = _pollsNext > PollsLeast;
        if (hasPaidBefore && _pollsLeft > 0 && HasPaid(now, position))
        {
            _debt = 0;
            return;
        }

        Pause(now, hasPaidBefore ? _debt : Math.Max(_debt, _polled));
    }

    private void EndTrial(long now, long position)
    {
        if (HasPaid(now, position))
        {
            // The next trial is compared with what blocking takes then.
            _failures = 0;
            _pollsNext = Math.Min(_pollsNext * 2, PollsMost);
            IsPolling = false;
        }
        else if (_pollsNext > PollsLeast)
        {
            // Eight waits may have been quick by chance. Polling has paid until now, so it gets another, short trial.
            _pollsNext = PollsLeast;
            IsPolling = false;
        }
        else
        {
            Pause(now, _polled);
        }
    }

    private void OnSilence()
    {
        IsPolling = false;
        _shortWaits = 0;
        _pollsNext = PollsLeast;
        _failures = 0;
        _pauseEnd = _pauseEndLeast;
    }

    private void Pause(long now, long cost)
    {
        _pauseEndLeast = now + (cost * PauseFactor);
        _pauseEnd = now + ((cost * PauseFactor) << _failures);
        _failures = Math.Min(_failures + 1, DoublingsMax);
        _pollsNext = PollsLeast;
        _debt = 0;
        IsPolling = false;
    }
}

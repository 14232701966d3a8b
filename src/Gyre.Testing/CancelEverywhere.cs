namespace Gyre.Testing;

/// <summary>Cancels a coroutine at every moment of its life, one run for each, and lets the caller check that
/// nothing is lost.</summary>
/// <remarks>
/// <para>A moment is the start of an iteration of the loop in which the coroutine has not ended: before its
/// first step, wherever it is suspended, with whatever the other tasks have done by then, and between the end
/// of what it awaits and its next step. On virtual time each run is the same up to its moment.</para>
/// <para>A run fails when the scenario throws, when everybody waits for ever, when the loop spins while no
/// time passes, and when tasks or unseen errors are left behind. What else must hold (items, permits, locks)
/// the scenario checks after it has waited for the coroutine to end.</para>
/// </remarks>
/// <example>
/// <code>
/// CancelEverywhere.Run(async scenario =>
/// {
///     var queue = new LoopQueue&lt;int&gt;();
///     LoopTask&lt;int&gt; get = scenario.Target(queue.GetAsync());
///     await Aio.Yield();
///     queue.TryPut(1);
///     await Aio.Wait([get]);
///     Assert.Equal(get.IsCancelled ? 1 : 0, queue.Count);
/// });
/// </code>
/// </example>
public static class CancelEverywhere
{
    /// <summary>Runs a scenario once without cancelling, and then once for each moment and way.</summary>
    /// <param name="scenario">Names the coroutine to cancel with <c>Target</c>, waits until it has ended, and
    /// checks what must hold. It is called for each run, and makes all its objects anew.</param>
    /// <param name="options">How to run it.</param>
    /// <returns>The moments of the run without cancellation.</returns>
    /// <exception cref="CancelEverywhereException">A run failed. The message names the moment.</exception>
    /// <exception cref="InvalidOperationException">The scenario names no coroutine, or has too many
    /// moments.</exception>
    public static IReadOnlyList<CancelMoment> Run(
        Func<CancelScenario, Coroutine> scenario, CancelEverywhereOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        options ??= new CancelEverywhereOptions();
        var undisturbed = new CancelScenario(options, CancelWays.None, moment: -1);
        undisturbed.Run(scenario);
        foreach (CancelWays way in Enum.GetValues<CancelWays>().Where(way => IsOneOf(way, options.Ways)))
        {
            int moment = 0;
            while (RunOnce(moment, way, scenario, options))
            {
                moment++;
            }
        }

        return undisturbed.Moments;
    }

    /// <summary>Runs a scenario once, and cancels at one moment. To look into a failure of
    /// <see cref="Run"/>.</summary>
    /// <param name="moment">The number of the moment, from 0.</param>
    /// <param name="way">One way.</param>
    /// <param name="scenario">As for <see cref="Run"/>.</param>
    /// <param name="options">How to run it.</param>
    /// <returns>False when the coroutine ended before that moment.</returns>
    /// <exception cref="CancelEverywhereException">The run failed.</exception>
    public static bool RunAt(
        int moment,
        CancelWays way,
        Func<CancelScenario, Coroutine> scenario,
        CancelEverywhereOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(moment);
        ArgumentNullException.ThrowIfNull(scenario);
        if (!IsOneOf(way, CancelWays.All))
        {
            throw new ArgumentException($"Give one way to cancel, not {way}.", nameof(way));
        }

        return RunOnce(moment, way, scenario, options ?? new CancelEverywhereOptions());
    }

    private static bool RunOnce(
        int moment, CancelWays way, Func<CancelScenario, Coroutine> scenario, CancelEverywhereOptions options)
    {
        var run = new CancelScenario(options, way, moment);
        try
        {
            run.Run(scenario);
        }
        catch (Exception e) when (run.CancelledAt is not null)
        {
            throw new CancelEverywhereException(run.CancelledAt, way, e);
        }

        return run.CancelledAt is not null;
    }

    private static bool IsOneOf(CancelWays way, CancelWays ways) =>
        int.IsPow2((int)way) && (ways & way) == way;
}

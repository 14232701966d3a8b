using System.Runtime.ExceptionServices;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>One run of one test on a loop of its own.</summary>
// Running ──test ends──▶ Checking (leftovers, errors) ──▶ Closing (cancels the leftovers) ──▶ over
//    └──limit, token──▶ Cancelled ──test ends, or grace is over: the loop is stopped──▶ Closing ──▶ over
internal sealed class LoopTestRun(LoopTestOptions options)
{
    /// <summary>How long a test that was cancelled at its limit may clean up.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly List<ExceptionContext> _reports = [];
    private readonly HashSet<object> _unseen = [];
    private LoopTask? _main;
    private string? _waitsAtLimit;
    private string? _left;

    public void Run(Func<Coroutine> test)
    {
        var runner = new Runner(CreateLoopOptions());
        EventLoop loop = runner.Loop;
        loop.ExceptionHandler = (_, context) => _reports.Add(context);
        loop.UnseenErrors = _unseen;
        using ITimer? limit = StartLimit(loop);
        using CancellationTokenRegistration canceller = options.CancellationToken.UnsafeRegister(
            _ => Post(loop, () => _main?.Cancel("The test was cancelled.")), null);
        ExceptionDispatchInfo? error = Capture(() => runner.Run(Main(test)));
        ExceptionDispatchInfo? closing = Capture(runner.Dispose);
        if (_waitsAtLimit is not null)
        {
            throw new TimeoutException(
                $"The test did not end within {options.Limit}. This is who waited then:"
                + Environment.NewLine + _waitsAtLimit,
                error?.SourceException);
        }

        error?.Throw();
        if (_left is not null && !options.AllowsLeftTasks)
        {
            throw new LoopTestException(
                "The test has ended, and left tasks behind that are not done. Await them, start them in a "
                + "TaskGroup, or set AllowsLeftTasks:" + Environment.NewLine + _left);
        }

        closing?.Throw();
        ThrowUnhandled();
    }

    private static ExceptionDispatchInfo? Capture(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
    }

    /// <summary>Runs something on the loop, from any thread. A loop that has ended needs nothing any
    /// more.</summary>
    private static void Post(EventLoop loop, Action action) =>
        loop.TryPostThreadSafe(Callbacks.Action, action, null);

    private EventLoopOptions CreateLoopOptions()
    {
        if (options.RealTime)
        {
            return new EventLoopOptions
            {
                Debug = options.Debug,
                Poller = options.Iterating is { } iterating
                    ? new ObservedPoller(Poller.Create(PollerBackend.Auto), iterating)
                    : null,
            };
        }

        VirtualClock clock = options.Clock ?? new VirtualClock();
        clock.Iterating = options.Iterating;
        return clock.CreateOptions(options.Debug);
    }

    private async Coroutine Main(Func<Coroutine> test)
    {
        _main = Aio.CurrentTask!;
        await test();

        // What is ready to end may do so: a task that was cancelled last thing is not left behind.
        for (int i = 0; i < 2 && Aio.AllTasks().Count > 1; i++)
        {
            await Aio.Yield();
        }

        LoopTask[] left = [.. Aio.AllTasks().Where(task => task != _main)];
        _left = left.Length == 0
            ? null
            : string.Join(Environment.NewLine, left.Select(task => "  " + WaitReport.Describe(task)));
    }

    private ITimer? StartLimit(EventLoop loop)
    {
        if (options.Limit is not { } limit)
        {
            return null;
        }

        // Real time, whatever the loop's clock: this is for a test that runs wild.
        return TimeProvider.System.CreateTimer(
            _ => Post(loop, () => OnLimit(loop)), null, limit, s_grace);
    }

    private void OnLimit(EventLoop loop)
    {
        if (_waitsAtLimit is null)
        {
            _waitsAtLimit = WaitReport.Describe(loop);
            _main?.Cancel("The test took too long.");
        }
        else
        {
            loop.Stop();
        }
    }

    private void ThrowUnhandled()
    {
        _reports.AddRange(_unseen.Cast<Failure>().Select(failure => failure.Report()));
        foreach (Failure failure in _unseen.Cast<Failure>().ToArray())
        {
            // Reported here, so not by the finaliser too.
            failure.Retrieve();
        }

        if (options.AllowsUnhandledErrors || _reports.Count == 0)
        {
            return;
        }

        Exception[] errors = [.. _reports.Select(report => report.Exception).OfType<Exception>()];
        throw new LoopTestException(
            "The test has ended well, but errors occurred that nobody received:" + Environment.NewLine
            + string.Join(Environment.NewLine, _reports),
            errors.Length == 0 ? null : errors.Length == 1 ? errors[0] : new AggregateException(errors));
    }
}

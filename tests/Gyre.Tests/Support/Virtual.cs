using Gyre.Testing;

namespace Gyre.Tests;

/// <summary>Runs scenarios on virtual time, where a wait for ever is a <see cref="DeadlockException"/>.</summary>
internal static class Virtual
{
    /// <summary>Runs it twice, with and without debug mode, and returns the time that it took.</summary>
    /// <remarks>A report to the exception handler fails the test.</remarks>
    public static TimeSpan Run(Func<Coroutine> scenario)
    {
        RunOnce(scenario, debug: true);
        return RunOnce(scenario, debug: false);
    }

    /// <summary>Runs it once, and returns what went to the exception handler.</summary>
    public static List<ExceptionContext> Reports(Func<Coroutine> scenario)
    {
        var reports = new List<ExceptionContext>();
        using var runner = new Runner(new VirtualClock().CreateOptions());
        runner.Loop.ExceptionHandler = (_, context) => reports.Add(context);
        runner.Run(scenario());
        return reports;
    }

    /// <summary>Lets everything else that is ready run, a number of times.</summary>
    public static async Coroutine Turns(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            await Aio.Yield();
        }
    }

    /// <summary>The exception with which a coroutine ends.</summary>
    public static async Coroutine<T> Throws<T>(Func<Coroutine> call)
        where T : Exception
    {
        try
        {
            await call();
        }
        catch (Exception e)
        {
            return Assert.IsType<T>(e);
        }

        throw new Xunit.Sdk.XunitException($"Expected a {typeof(T).Name}, and nothing was thrown.");
    }

    /// <summary>The exception with which a future ends.</summary>
    public static Coroutine<T> Throws<T>(Future future)
        where T : Exception => Throws<T>(async () => await future);

    /// <summary>A coroutine that waits for ever, unless it is cancelled.</summary>
    public static async Coroutine Forever() => await EventLoop.Running.CreateFuture<int>();

    private static TimeSpan RunOnce(Func<Coroutine> scenario, bool debug)
    {
        var clock = new VirtualClock();
        var reports = new List<string>();
        using (var runner = new Runner(clock.CreateOptions(debug)))
        {
            runner.Loop.ExceptionHandler = (_, context) => reports.Add(context.ToString());
            runner.Run(scenario());
        }

        Assert.Empty(reports);
        return clock.Elapsed;
    }
}

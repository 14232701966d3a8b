using Gyre.Testing;

namespace Gyre.Tests.Synchronization;

/// <summary>Runs scenarios on virtual time, where a wait for ever is a
/// <see cref="DeadlockException"/>.</summary>
internal static class OnLoop
{
    /// <summary>Runs it twice, with and without debug mode, and returns the time that it took.</summary>
    public static TimeSpan Run(Func<Coroutine> scenario)
    {
        RunOnce(scenario, debug: true);
        return RunOnce(scenario, debug: false);
    }

    /// <summary>Lets everything else that is ready run, a number of times.</summary>
    public static async Coroutine Turns(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            await Aio.Yield();
        }
    }

    /// <summary>The exception with which a task ends.</summary>
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

    private static TimeSpan RunOnce(Func<Coroutine> scenario, bool debug)
    {
        var clock = new VirtualClock();
        Aio.Run(scenario, clock.CreateOptions(debug));
        return clock.Elapsed;
    }
}

using System.Reflection;
using Xunit;

namespace Gyre.Testing;

/// <summary>Reads from a test's method how it is to be run.</summary>
internal static class LoopTestOptionsReader
{
    public const int LimitMillisecondsDefault = 30_000;

    public static LoopTestOptions Read(MethodInfo method)
    {
        ILoopTestAttribute attribute = method.GetCustomAttributes().OfType<ILoopTestAttribute>().Single();
        return new LoopTestOptions
        {
            RealTime = attribute.RealTime,
            AllowsLeftTasks = attribute.AllowsLeftTasks,
            AllowsUnhandledErrors = attribute.AllowsUnhandledErrors,
            Limit = attribute.LimitMilliseconds > 0
                ? TimeSpan.FromMilliseconds((double)attribute.LimitMilliseconds)
                : null,

            // Cancelled when xunit's own timeout has passed, or the whole run is stopped.
            CancellationToken = TestContext.Current.CancellationToken,
        };
    }
}

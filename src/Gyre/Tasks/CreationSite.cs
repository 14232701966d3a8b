using System.Globalization;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Where a program has made its tasks and futures. Known in debug mode only.</summary>
// What the compiler knows of the call, and no walk over the stack: .NET walks a stack only as a whole, and doing that for each
// task made chains of tasks that start each other eagerly quadratic.
internal static class CreationSite
{
    private const string ThisFile = "Tasks/CreationSite.cs";

    // Beside the futures: a million tasks must not pay for what only debug mode has.
    private static readonly ConditionalWeakTable<Future, string> s_sites = [];
    private static readonly string s_library = LibraryFolder();

    /// <summary>Notes where a future was made, in debug mode.</summary>
    public static TFuture Note<TFuture>(TFuture future, string? file, int line)
        where TFuture : Future
    {
        if (future.Loop.Debug)
        {
            Keep(future, file, line);
        }

        return future;
    }

    /// <summary>The place as <c>file:line</c>, or null.</summary>
    public static string? Of(Future future) => s_sites.TryGetValue(future, out string? site) ? site : null;

    private static void Keep(Future future, string? file, int line)
    {
        // What the library makes for itself is of no interest to the one who reads the report.
        if (!string.IsNullOrEmpty(file) && !file.StartsWith(s_library, StringComparison.Ordinal))
        {
            s_sites.AddOrUpdate(future, string.Create(CultureInfo.InvariantCulture, $"{file}:{line}"));
        }
    }

    private static string LibraryFolder([CallerFilePath] string file = "") => file[..^ThisFile.Length];
}

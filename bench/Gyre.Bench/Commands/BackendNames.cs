using Gyre.Polling;

namespace Gyre.Bench;

/// <summary>The backends as they are called on a command line.</summary>
internal static class BackendNames
{
    public static IReadOnlyDictionary<string, PollerBackend> All { get; } =
        Enum.GetValues<PollerBackend>().ToDictionary(NameOf);

    private static string NameOf(PollerBackend backend) =>
        backend.ToString() switch
        {
            "IOUring" or "IoUring" => "io_uring",
            string name => name.ToLowerInvariant(),
        };
}

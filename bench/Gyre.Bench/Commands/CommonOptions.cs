using System.CommandLine;

namespace Gyre.Bench;

/// <summary>Options of several commands.</summary>
internal static class CommonOptions
{
    public static Option<int> Number(string name, string description, int value) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
    };

    public static Option<string> Backend()
    {
        var backend = new Option<string>("--backend")
        {
            Description = "What the loop waits with.",
            DefaultValueFactory = _ => "auto",
        };
        backend.AcceptOnlyFromAmong([.. BackendNames.All.Keys]);
        return backend;
    }
}

using System.CommandLine;
using Gyre.Polling;

namespace Gyre.Bench;

/// <summary><c>echo-server</c>: sends back what it receives, until SIGTERM.</summary>
internal static class EchoServerCommand
{
    public static Command Create()
    {
        var mode = new Option<EchoMode>("--mode")
        {
            Description = "How the server is written.",
            DefaultValueFactory = _ => EchoMode.Protocol,
        };
        var backend = new Option<string>("--backend")
        {
            Description = "What the loop waits with.",
            DefaultValueFactory = _ => "auto",
        };
        backend.AcceptOnlyFromAmong([.. BackendNames.All.Keys]);
        var port = new Option<int>("--port")
        {
            Description = "The port on 127.0.0.1. 0: a free one.",
            DefaultValueFactory = _ => 0,
        };
        var command = new Command("echo-server", "Serves on 127.0.0.1 until SIGTERM.") { mode, backend, port };
        command.SetAction(parsed =>
        {
            PollerBackend chosen = BackendNames.All[parsed.GetValue(backend)!];
            EchoServer.Run(parsed.GetValue(mode), chosen, parsed.GetValue(port));
        });
        return command;
    }
}

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
        Option<string> backend = CommonOptions.Backend();
        var port = CommonOptions.Number("--port", "The port on 127.0.0.1. 0: a free one.", 0);
        var loops = CommonOptions.Number("--loops", "How many loops, each on a thread of its own.", 1);
        var work = CommonOptions.Number(
            "--work",
            "How often each message is hashed before it is sent back (mode protocol): work for the processor.",
            0);
        var command = new Command("echo-server", "Serves on 127.0.0.1 until SIGTERM.")
        {
            mode, backend, port, loops, work,
        };
        command.SetAction(parsed =>
        {
            PollerBackend chosen = BackendNames.All[parsed.GetValue(backend)!];
            ProtocolEcho.Work = parsed.GetValue(work);
            int count = parsed.GetValue(loops);
            if (count == 1)
            {
                EchoServer.Run(parsed.GetValue(mode), chosen, parsed.GetValue(port));
            }
            else
            {
                GroupEchoServer.Run(parsed.GetValue(mode), chosen, parsed.GetValue(port), count);
            }
        });
        return command;
    }
}

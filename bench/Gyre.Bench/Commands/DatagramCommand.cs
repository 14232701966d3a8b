using System.CommandLine;

namespace Gyre.Bench;

/// <summary><c>datagram-echo</c> and <c>datagram-load</c>: what a datagram costs, in Gyre and without it.</summary>
internal static class DatagramCommand
{
    public static Command CreateEcho()
    {
        var mode = new Option<DatagramMode>("--mode")
        {
            Description = "How the echo is written.",
            DefaultValueFactory = _ => DatagramMode.Protocol,
        };
        Option<string> backend = CommonOptions.Backend();
        var count = new Option<int>("--count")
        {
            Description = "How many datagrams are measured, after 100,000 that are not.",
            DefaultValueFactory = _ => 500_000,
        };
        Option<int> port = Port();
        var command = new Command(
            "datagram-echo", "Echoes datagrams on 127.0.0.1, then prints the processor time of each.")
        {
            mode, backend, port, count,
        };
        command.SetAction(parsed => DatagramEcho.Run(
            parsed.GetValue(mode),
            BackendNames.All[parsed.GetValue(backend)!],
            parsed.GetValue(port),
            parsed.GetValue(count)));
        return command;
    }

    public static Command CreateLoad()
    {
        Option<int> port = Port();
        var window = new Option<int>("--window")
        {
            Description = "How many datagrams are on their way at a time.",
            DefaultValueFactory = _ => 1,
        };
        var size = new Option<int>("--size")
        {
            Description = "The bytes of each.",
            DefaultValueFactory = _ => 64,
        };
        var command = new Command("datagram-load", "Sends datagrams to datagram-echo until that ends.")
        {
            port, window, size,
        };
        command.SetAction(parsed => DatagramLoad.Run(
            parsed.GetValue(port), parsed.GetValue(window), parsed.GetValue(size)));
        return command;
    }

    private static Option<int> Port() => new("--port")
    {
        Description = "The port on 127.0.0.1.",
        DefaultValueFactory = _ => 0,
    };
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Soak;

/// <summary>An echo server in a process of its own, so that it can be starved and measured alone.</summary>
internal sealed class ChildServer : IDisposable
{
    private const string Name = "child-server";

    private const int ErrorLinesMax = 40;

    private readonly Process _process;
    private readonly Queue<string> _errors = [];
    private bool _isEnding;

    private ChildServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>How many errors the server has reported on its error output.</summary>
    public int Reports { get; private set; }

    /// <summary>The processor time that the server has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Command CreateCommand()
    {
        var command = new Command(Name, "What the other commands start.") { Hidden = true };
        command.SetAction(_ => Aio.Run(Serve));
        return command;
    }

    /// <summary>Starts the server. Blocks until it listens.</summary>
    /// <param name="descriptors">How many descriptors the process may have; the usual number when null.</param>
    public static ChildServer Start(int? descriptors = null)
    {
        string self = Environment.ProcessPath!;
        string program = Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? $"'{self}' '{typeof(ChildServer).Assembly.Location}'"
            : $"'{self}'";
        string limit = descriptors is { } number ? $"ulimit -n {number.ToString(CultureInfo.InvariantCulture)}; " : "";
        var start = new ProcessStartInfo("sh", ["-c", $"{limit}exec {program} {Name}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The server did not start.");
        var child = new ChildServer(process, int.Parse(line, CultureInfo.InvariantCulture));
        process.ErrorDataReceived += (_, data) => child.OnError(data.Data);
        process.Exited += (_, _) => child.OnExited();
        process.EnableRaisingEvents = true;
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The managed memory that is in use after a collection.</summary>
    public long AskMemory()
    {
        _process.StandardInput.WriteLine("memory");
        return long.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        Volatile.Write(ref _isEnding, true);
        _process.Kill();
        _process.Dispose();
    }

    private void OnError(string? line)
    {
        Reports += line?.StartsWith("gyre: ", StringComparison.Ordinal) == true ? 1 : 0;
        lock (_errors)
        {
            _errors.Enqueue(line ?? "");
            if (_errors.Count > ErrorLinesMax)
            {
                _errors.Dequeue();
            }
        }
    }

    /// <summary>A server that ends by itself has failed, and has said why in its last words.</summary>
    private void OnExited()
    {
        if (!Volatile.Read(ref _isEnding))
        {
            lock (_errors)
            {
                Console.Error.WriteLine($"The server has ended, code {_process.ExitCode}:\n{string.Join('\n', _errors)}");
            }
        }
    }

    private static async Coroutine Serve()
    {
        await using Server server = await Aio.StartServer(Echo, "127.0.0.1", 0, new StreamServerOptions { Backlog = 4096 });
        Console.WriteLine(((IPEndPoint)server.EndPoints[0]).Port);
        while (await Aio.ToThread(Console.ReadLine) is not null)
        {
            Console.WriteLine(GC.GetTotalMemory(forceFullCollection: true));
        }
    }

    private static async Coroutine Echo(LoopStreamReader reader, LoopStreamWriter writer)
    {
        try
        {
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                writer.Write(line.AsSpan());
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The client is gone.
        }

        writer.Close();
    }
}

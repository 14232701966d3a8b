using System.Net;
using System.Net.Sockets;

namespace Gyre.Tests.Networking.Interop;

/// <summary>A Redis server of the test's own, without files.</summary>
internal sealed class RedisServer : IDisposable
{
    private const int AttemptsMax = 10;

    private readonly TemporaryDirectory _directory;
    private readonly Peer _process;
    private readonly int _port;

    private RedisServer(TemporaryDirectory directory, Peer process, int port)
    {
        _directory = directory;
        _process = process;
        _port = port;
    }

    /// <summary>Starts a server that listens on a Unix socket and on a port. Skips the test on a machine without Redis.</summary>
    public static async Coroutine<RedisServer> StartAsync()
    {
        var directory = new TemporaryDirectory();
        try
        {
            for (int attempt = 0; attempt < AttemptsMax; attempt++)
            {
                // Somebody else may take it before the server does.
                int port = FreePort();
                var process = Peer.Start(
                    "redis-server", "--bind", "127.0.0.1", "--port", $"{port}", "--unixsocket", directory["socket"], "--save", "",
                    "--appendonly", "no", "--dir", directory["."], "--logfile", "", "--daemonize", "no");
                while (await process.Output.ReadLineAsync() is { } line)
                {
                    if (line.Contains("ready to accept connections", StringComparison.OrdinalIgnoreCase))
                    {
                        return new RedisServer(directory, process, port);
                    }
                }

                process.Dispose();
            }

            throw new IOException($"Redis did not start, {AttemptsMax} times.");
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public async Coroutine<RedisClient> ConnectAsync() => new(await Aio.OpenConnection("127.0.0.1", _port));

    public async Coroutine<RedisClient> ConnectOverUnixSocketAsync() =>
        new(await Aio.OpenUnixConnection(_directory["socket"]));

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Ends the server at once, as a crash would.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Dispose();
        _directory.Dispose();
    }
}

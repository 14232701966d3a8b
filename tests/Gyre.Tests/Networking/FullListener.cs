using System.Net;
using System.Net.Sockets;

namespace Gyre.Tests.Networking;

/// <summary>A listener on 127.0.0.2 whose backlog is full: further attempts to connect get no answer.</summary>
public sealed class FullListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    private FullListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        _listener.Listen(1);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public static async Coroutine<FullListener> OpenAsync()
    {
        var full = new FullListener();
        bool answered = true;
        while (answered)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            full._waiting.Add(socket);
            using var patience = new CancellationTokenSource();
            TimerHandle limit = EventLoop.Running.CallLater(100.Milliseconds(), patience.Cancel);
            try
            {
                await socket.ConnectAsync(full._listener.LocalEndPoint!, patience.Token);
            }
            catch (OperationCanceledException)
            {
                answered = false;
            }

            limit.Cancel();
        }

        return full;
    }

    public void Dispose()
    {
        _waiting.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }
}

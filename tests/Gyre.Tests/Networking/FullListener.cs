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
            answered = await IsAnsweredAsync(socket, full._listener.LocalEndPoint!);
        }

        return full;
    }

    public void Dispose()
    {
        _waiting.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }

    /// <summary>Whether an attempt is answered while the loop turns. Its result is the kernel's, who answers without
    /// us: however late we look, one that was answered says so.</summary>
    private static async Coroutine<bool> IsAnsweredAsync(Socket socket, EndPoint listener)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(listener);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The answer comes later, or never.
        }

        for (int i = 0; i < 50 && !socket.Poll(0, SelectMode.SelectWrite); i++)
        {
            await Aio.Sleep(1.Milliseconds());
        }

        return socket.Poll(0, SelectMode.SelectWrite);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The transport over a stream socket.</summary>
// Invariant: the socket receives exactly while WantsInput holds.
internal sealed partial class SocketTransport : SystemTransport, IReceiveSink
{
    private readonly PollSocket _socket;
    private readonly Server? _server;
    private bool _resetOnClose;
    private EndPoint? _local;
    private EndPoint? _remote;

    private SocketTransport(EventLoop loop, PollSocket socket, Protocol protocol, Server? server, WaitFuture? opened)
        : base(loop, protocol, opened)
    {
        _socket = socket;
        _server = server;
        _output = new Sender(this);
    }

    public override EndPoint? LocalEndPoint => _local ??= _socket.IsClosed ? null : _socket.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => _remote ??= _socket.IsClosed ? null : _socket.RemoteEndPoint;

    public override Socket? Socket => _socket.IsClosed ? null : _socket.Socket;

    /// <summary>Makes a transport of a connected socket, and calls its protocol in the next iteration.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">It is the transport's from here on.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="server">The server that accepted the connection, if one did.</param>
    /// <param name="opened">Is released after the protocol was told and input was started.</param>
    public static SocketTransport Start(
        EventLoop loop, PollSocket socket, Protocol protocol, Server? server = null, WaitFuture? opened = null)
    {
        SetNoDelay(socket);
        var transport = new SocketTransport(loop, socket, protocol, server, opened);
        server?.Attach(transport);
        return transport;
    }

    public override void Close()
    {
        Loop.AssertOnLoop();
        if (IsClosing)
        {
            return;
        }

        State = TransportState.Flushing;
        UpdateReceiving();
        if (_output.Length == 0)
        {
            Lose(null, isOrderly: true);
        }
    }

    public override void Abort()
    {
        Loop.AssertOnLoop();
        Lose(null);
    }

    public override string ToString() => $"connection {LocalEndPoint} - {RemoteEndPoint} ({State})";

    protected override void OnOpened() => UpdateReceiving();

    protected override void OnProtocolReplaced() => RestartReceiving();

    protected override void Stop(Exception? error, bool isOrderly)
    {
        // A peer must not take what was cut off for the whole.
        _resetOnClose = !isOrderly;
        UpdateReceiving();
        _hasLostOutput = _output.Clear();
        _fileSending?.OnLost(error);
        AssertInvariants();
    }

    protected override void Release()
    {
        _socket.Close(_resetOnClose);
        _server?.Detach(this);
    }

    /// <summary>Small messages go out at once, as in asyncio: what a program writes is what it wants to be
    /// sent.</summary>
    private static void SetNoDelay(PollSocket socket)
    {
        try
        {
            socket.NoDelay = true;
        }
        catch (SocketException)
        {
            // The connection is gone already. The transport hears of it from its first receive.
        }
    }

    /// <summary>The connection broke: the reason goes to the protocol.</summary>
    private void Fail(SocketError error) => Lose(new SocketException((int)error));

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        _output.AssertInvariants();
        Debug.Assert(!IsLost || !_receiving, "A lost connection receives nothing.");
    }
}

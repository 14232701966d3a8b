using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The transport over a stream socket.</summary>
// Opening ──its turn: ConnectionMade──▶ Open ──Close──▶ Flushing ──everything sent──▶ Losing ──its turn──▶ Lost
//    └──────────────────────────────────┴──Abort, an error, Close with nothing unsent──▶ Losing: ConnectionLost
//
// Invariant: ConnectionMade is queued by Start and ConnectionLost by Lose, so the first comes before the second.
// Invariant: a send is under way only while _output is not empty, and it is a send of _output.First.
// Invariant: the socket receives exactly while WantsInput holds.
internal sealed partial class SocketTransport : Transport, IReceiveSink
{
    private static readonly WorkItem s_open = new OpenItem();
    private static readonly WorkItem s_lose = new LoseItem();

    private readonly PollSocket _socket;
    private readonly Server? _server;

    // What the protocol is called in: the context in which the connection was made, as of any callback.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private Protocol _protocol;
    private TransportState _state;
    private bool _resetOnClose;
    private WaitFuture? _opened;
    private EndPoint? _local;
    private EndPoint? _remote;

    private SocketTransport(EventLoop loop, PollSocket socket, Protocol protocol, Server? server)
        : base(loop)
    {
        _socket = socket;
        _protocol = protocol;
        _server = server;
        _output = new OutputQueue(SegmentPool.Of(loop));
    }

    private enum TransportState : byte
    {
        Opening,
        Open,
        Flushing,
        Losing,
        Lost,
    }

    public override Protocol Protocol
    {
        get => _protocol;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _protocol = value;
            RestartReceiving();
        }
    }

    public override bool IsClosing => _state >= TransportState.Flushing;

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
        var transport = new SocketTransport(loop, socket, protocol, server) { _opened = opened };
        server?.Attach(transport);
        loop.Ready.Enqueue(s_open, transport, null, transport._context);
        return transport;
    }

    public override void Close()
    {
        Loop.AssertOnLoop();
        if (IsClosing)
        {
            return;
        }

        _state = TransportState.Flushing;
        UpdateReceiving();
        if (_output.Length == 0)
        {
            Lose(null, reset: false);
        }
    }

    public override void Abort()
    {
        Loop.AssertOnLoop();
        Lose(null, reset: true);
    }

    public override string ToString() => $"connection {LocalEndPoint} - {RemoteEndPoint} ({_state})";

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

    /// <summary>Calls of the protocol run in the transport's context, whatever ran before them.</summary>
    private void EnterContext()
    {
        if (_context is { } context && ExecutionContext.Capture() != context)
        {
            ExecutionContext.Restore(context);
        }
    }

    private void Open()
    {
        try
        {
            if (_state == TransportState.Opening)
            {
                _state = TransportState.Open;
            }

            _protocol.ConnectionMade(this);
        }
        catch (Exception e)
        {
            Report("The protocol's ConnectionMade threw an exception.", e);
        }

        UpdateReceiving();
        _opened?.Release();
        _opened = null;
    }

    /// <summary>The connection broke: the reason goes to the protocol.</summary>
    private void Fail(SocketError error) => Lose(new SocketException((int)error), reset: true);

    /// <summary>The protocol broke: the reason goes to the exception handler, and to the protocol.</summary>
    private void Fail(string message, Exception error)
    {
        Report(message, error);
        Lose(error, reset: true);
    }

    private void Report(string message, Exception error) => Loop.CallExceptionHandler(new ExceptionContext
    {
        Message = message,
        Exception = error,
        Source = this,
    });

    /// <summary>Ends everything but the last call of the protocol, which it queues. Only the first loss
    /// counts.</summary>
    private void Lose(Exception? error, bool reset)
    {
        if (_state >= TransportState.Losing)
        {
            return;
        }

        _state = TransportState.Losing;

        // A peer must not take what was cut off for the whole.
        _resetOnClose = reset;
        UpdateReceiving();
        _hasLostOutput = _output.Length > 0;
        _output.Clear(firstIsLent: _sending);
        _fileSending?.OnLost(error);
        Loop.Ready.Enqueue(s_lose, this, error, _context);
    }

    private void CompleteLoss(Exception? error)
    {
        Debug.Assert(_state == TransportState.Losing, "A connection is lost once.");
        try
        {
            _protocol.ConnectionLost(error);
        }
        catch (Exception e)
        {
            Report("The protocol's ConnectionLost threw an exception.", e);
        }

        _state = TransportState.Lost;
        _socket.Close(_resetOnClose);
        _server?.Detach(this);
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(!_sending || _output.Length > 0 || IsClosing, "A send is of the output's first segment.");
        Debug.Assert(_state < TransportState.Losing || _output.Length == 0, "A lost connection holds no output.");
        Debug.Assert(_state < TransportState.Losing || !_receiving, "A lost connection receives nothing.");
    }

    private sealed class OpenItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((SocketTransport)first!).Open();
    }

    private sealed class LoseItem : WorkItem
    {
        internal override void Execute(object? first, object? second) =>
            ((SocketTransport)first!).CompleteLoss((Exception?)second);
    }
}

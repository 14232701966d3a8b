using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>A datagram endpoint as its <see cref="DatagramProtocol"/> sees it: it takes datagrams without waiting, and
/// calls the protocol with those that arrive.</summary>
/// <remarks>Loop thread only. Made by <c>loop.CreateDatagramEndpoint</c>. asyncio:
/// <c>DatagramTransport</c>.</remarks>
// Opening ──its turn: ConnectionMade──▶ Open ──Close──▶ Flushing ──everything sent──▶ Losing ──its turn──▶ Lost
//    └──────────────────────────────────┴──Abort, an error, Close with nothing unsent──▶ Losing: ConnectionLost
//
// Invariant: ConnectionMade is queued by Start and ConnectionLost by Lose, so the first comes before the second.
// Invariant: a send is under way only while _output is not empty, and it is a send of _output.First.
// Invariant: the socket receives exactly while WantsInput holds.
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class DatagramTransport
{
    private static readonly WorkItem s_open = new OpenItem();
    private static readonly WorkItem s_lose = new LoseItem();

    private readonly PollSocket _socket;
    private readonly Sink _sink;
    private readonly UnixSocketFile? _file;

    private readonly CallbackContext _context = CallbackContext.Capture();
    private DatagramProtocol _protocol;
    private State _state;
    private WaitFuture? _opened;
    private EndPoint? _local;

    private DatagramTransport(
        EventLoop loop, PollSocket socket, DatagramProtocol protocol, EndPoint? remote, UnixSocketFile? file)
    {
        Loop = loop;
        _socket = socket;
        _sink = new Sink(this);
        _protocol = protocol;
        _file = file;
        _family = socket.Socket.AddressFamily;
        _isConnected = remote is null && socket.RemoteEndPoint is not null;
        RemoteEndPoint = remote ?? socket.RemoteEndPoint;
    }

    private enum State : byte
    {
        Opening,
        Open,
        Flushing,
        Losing,
        Lost,
    }

    /// <summary>The loop that the endpoint belongs to.</summary>
    public EventLoop Loop { get; }

    /// <summary>The protocol that is called. May be replaced at any time; the new one is not told that the endpoint is
    /// open. asyncio: <c>get_protocol</c>, <c>set_protocol</c>.</summary>
    public DatagramProtocol Protocol
    {
        get => _protocol;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _protocol = value;
        }
    }

    /// <summary>Whether the endpoint is closed or on its way there. asyncio: <c>is_closing</c>.</summary>
    public bool IsClosing => _state >= State.Flushing;

    /// <summary>The address of this end, or null when it has none yet. asyncio: extra info <c>sockname</c>.</summary>
    public EndPoint? LocalEndPoint => _local ??= _socket.IsClosed ? null : _socket.LocalEndPoint;

    /// <summary>Where datagrams go that are sent without an address, or null when each needs one. asyncio: extra info
    /// <c>peername</c>.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>The socket, for its options; null once it is closed. Do not send, receive, or close through it.
    /// asyncio: extra info <c>socket</c>.</summary>
    public Socket? Socket => _socket.IsClosed ? null : _socket.Socket;

    /// <summary>Makes a transport, and calls its protocol in the next iteration.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">It is the transport's from here on.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="remote">Where datagrams go that have no address; null when the socket is connected, or each has
    /// one.</param>
    /// <param name="file">The file that is removed when the transport is closed.</param>
    /// <param name="opened">Is released after the protocol was told and input was started.</param>
    internal static DatagramTransport Start(
        EventLoop loop,
        PollSocket socket,
        DatagramProtocol protocol,
        EndPoint? remote,
        UnixSocketFile? file,
        WaitFuture opened)
    {
        var transport = new DatagramTransport(loop, socket, protocol, remote, file) { _opened = opened };
        loop.Ready.Enqueue(s_open, transport, null, transport._context.Value);
        return transport;
    }

    /// <summary>Closes the endpoint after what was given has been sent. Input stops at once. asyncio:
    /// <c>close</c>.</summary>
    /// <remarks>The protocol hears <c>ConnectionLost</c> with null, never from inside this call. A second call does
    /// nothing.</remarks>
    public void Close()
    {
        Loop.AssertOnLoop();
        if (IsClosing)
        {
            return;
        }

        _state = State.Flushing;
        UpdateReceiving();
        if (_output.IsEmpty)
        {
            Lose(null);
        }
    }

    /// <summary>Closes the endpoint at once, and drops what is unsent. asyncio: <c>abort</c>.</summary>
    /// <remarks>The protocol hears <c>ConnectionLost</c> with null, never from inside this call.</remarks>
    public void Abort()
    {
        Loop.AssertOnLoop();
        Lose(null);
    }

    /// <summary>For example <c>datagrams 127.0.0.1:53 (Open)</c>.</summary>
    public override string ToString() => RemoteEndPoint is null
        ? $"datagrams {LocalEndPoint} ({_state})"
        : $"datagrams {LocalEndPoint} - {RemoteEndPoint} ({_state})";

    /// <summary>Calls of the protocol run in the endpoint's context.</summary>
    private void EnterContext() => _context.Enter();

    private void Open()
    {
        try
        {
            if (_state == State.Opening)
            {
                _state = State.Open;
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

    private void Report(string message, Exception error) => Loop.CallExceptionHandler(new ExceptionContext
    {
        Message = message,
        Exception = error,
        Source = this,
    });

    /// <summary>Ends everything but the last call of the protocol, which it queues. Only the first loss
    /// counts.</summary>
    private void Lose(Exception? error)
    {
        if (_state >= State.Losing)
        {
            return;
        }

        _state = State.Losing;
        UpdateReceiving();
        _retry?.Cancel();
        _output.Clear();
        Loop.Ready.Enqueue(s_lose, this, error, _context.Value);
    }

    private void CompleteLoss(Exception? error)
    {
        Debug.Assert(_state == State.Losing, "An endpoint is lost once.");
        try
        {
            _protocol.ConnectionLost(error);
        }
        catch (Exception e)
        {
            Report("The protocol's ConnectionLost threw an exception.", e);
        }

        _state = State.Lost;
        _socket.Close(abort: false);
        _file?.Remove(Loop);
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(!_sending || !_output.IsEmpty || IsClosing, "A send is of the output's first datagram.");
        Debug.Assert(_state < State.Losing || _output.IsEmpty, "A lost endpoint holds no output.");
        Debug.Assert(_state < State.Losing || !_receiving, "A lost endpoint receives nothing.");
    }

    private sealed class OpenItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((DatagramTransport)first!).Open();
    }

    private sealed class LoseItem : WorkItem
    {
        internal override void Execute(object? first, object? second) =>
            ((DatagramTransport)first!).CompleteLoss((Exception?)second);
    }
}

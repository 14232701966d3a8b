using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A socket of the BCL whose completions are executed by a poller's owner.</summary>
/// <remarks>The states of a direction are those of <see cref="EpollSocket"/>. Readiness is remembered apart
/// from that: <c>_inputReady</c> from the end of a wait for input until a receive proves that nothing is
/// left.</remarks>
internal sealed partial class PortableSocket : PollSocket
{
    private readonly PortablePoller _poller;
    private readonly Socket _socket;
    private readonly OperationLedger _operations;
    private readonly bool _isTcp;
    private readonly InputOperation _input;
    private readonly OutputOperation _output;

    private bool _isClosed;
    private bool _isConnection;
    private bool _hasEndedOutput;
    private EndPoint? _remote;

    // A failure that ended the connection. The system reports it once; the direction that did not get it
    // would take the end for an orderly one.
    private SocketError _failure;

    public PortableSocket(PortablePoller poller, Socket socket)
    {
        if (socket.SocketType != SocketType.Stream)
        {
            throw new ArgumentException(
                $"Only stream sockets can be attached, not {socket.SocketType}.", nameof(socket));
        }

        socket.Blocking = false;
        _poller = poller;
        _operations = poller.Operations;
        _isTcp = RemoteAddress.IsTcp(socket.AddressFamily, socket.ProtocolType);
        _isConnection = socket.Connected;
        _input = new InputOperation(this);
        _output = new OutputOperation(this);
        _socket = socket;
    }

    public override Socket Socket
    {
        get
        {
            ThrowIfClosed();
            return _socket;
        }
    }

    public override bool IsClosed => _isClosed;

    public override EndPoint? LocalEndPoint
    {
        get
        {
            ThrowIfClosed();
            return _socket.LocalEndPoint is var local and not IPEndPoint { Port: 0 } ? local : null;
        }
    }

    public override EndPoint? RemoteEndPoint
    {
        get
        {
            ThrowIfClosed();
            try
            {
                return _remote ??= _socket.RemoteEndPoint;
            }
            catch (SocketException)
            {
                // The connection is gone, and the system has forgotten it.
                return null;
            }
        }
    }

    public override bool NoDelay
    {
        get
        {
            ThrowIfClosed();
            return _isTcp && _socket.NoDelay;
        }

        set
        {
            ThrowIfClosed();
            if (_isTcp)
            {
                _socket.NoDelay = value;
            }
        }
    }

    /// <summary>Takes the end of a request, and queues the direction that waits for it.</summary>
    public void OnTaken(PortableRequest request, IReadyQueue ready)
    {
        request.OnTaken();
        if (_isClosed)
        {
            request.Discard();
            return;
        }

        bool isAwaited;
        QueuedOperation operation;
        if (request == _waitForInput)
        {
            OnInputWaited();
            (isAwaited, operation) = (_receiveSink is not null, _input);
        }
        else if (request == _accept)
        {
            _acceptEnded = true;
            (isAwaited, operation) = (_acceptSink is not null, _input);
        }
        else
        {
            (isAwaited, operation) = (IsOutputArmed, _output);
        }

        if (isAwaited)
        {
            operation.EnqueueOnce(ready);
        }
    }

    public override SocketError Shutdown(SocketShutdown how)
    {
        ThrowIfClosed();
        try
        {
            _socket.Shutdown(how);
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }

        _hasEndedOutput |= how != SocketShutdown.Receive;
        return SocketError.Success;
    }

    public override void Close(bool abort)
    {
        if (_isClosed)
        {
            return;
        }

        StopAccepting();
        StopReceiving();
        DropOutput();
        if (!abort && _isConnection && !_hasEndedOutput)
        {
            // While a request is pending, the BCL closes with a reset, unless the output was ended before. A
            // failure means that the connection is gone already.
            _ = Shutdown(SocketShutdown.Send);
        }

        _isClosed = true;
        _poller.Remove(this);
        if (abort)
        {
            // No linger time: what is not sent is dropped, and the peer gets a reset.
            _socket.Close(timeout: 0);
        }
        else
        {
            _socket.Dispose();
        }

        // Requests that are pending end now, or have ended, and are discarded when they are taken.
        DiscardIdle(_waitForInput);
        DiscardIdle(_accept);
        DiscardIdle(_connect);
        DiscardIdle(_send);
    }

    private static void DiscardIdle(PortableRequest? request)
    {
        if (request is { IsPending: false })
        {
            request.Discard();
        }
    }

    private PortableRequest NewRequest(PortableRequestKind kind) => new(_poller.Inbox, this, kind);

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, this);
}

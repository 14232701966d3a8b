using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

public sealed partial class Server
{
    private readonly AcceptFailures _failures;

    // As of any callback, new connections are made in the context in which the server was.
    private readonly CallbackContext _context = CallbackContext.Capture();

    /// <summary>Takes a connection that something else has accepted. It is closed when the server is, or when this
    /// fails.</summary>
    internal void Adopt(Socket connection)
    {
        if (_state == ServerState.Closed)
        {
            connection.Dispose();
            return;
        }

        PollSocket socket;
        try
        {
            socket = _loop.Poller.Attach(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        Accept(socket);
    }

    private void Accept(PollSocket connection)
    {
        _context.Enter();
        try
        {
            Open(connection, _protocolFactory());
        }
        catch (Exception e)
        {
            connection.Close(abort: true);
            _loop.CallExceptionHandler(new ExceptionContext
            {
                Message = "The protocol of an incoming connection could not be made. The connection was reset.",
                Exception = e,
                Source = this,
            });
        }
    }

    private void Open(PollSocket connection, Protocol protocol)
    {
        if (TlsOptions.Setup(protocol, _options) is not { } tls)
        {
            SocketTransport.Start(_loop, connection, protocol, this);
            return;
        }

        // It hears nothing: TLS puts a protocol of its own in its place, before its first turn.
        SocketTransport lower = SocketTransport.Start(_loop, connection, new NoProtocol(), this);
        TlsTransport.Start(lower, tls).Opened.AddCallback(new HandshakeItem(this, lower));
    }

    /// <summary>One listening socket.</summary>
    // Idle ──Start──▶ Accepting ──failure──▶ Pausing ──timer──▶ Accepting     Close leads from each to Closed.
    private sealed class Listener(Server server, Socket socket) : IAcceptSink
    {
        private readonly PollSocket _socket = server._loop.Poller.Attach(socket);
        private TimerHandle? _retry;

        public Socket Socket => socket;

        public void Start()
        {
            _retry = null;
            if (!AcceptFailures.MayAccept)
            {
                OnAcceptFailed(SocketError.TooManyOpenSockets);
                return;
            }

            try
            {
                _socket.StartAccepting(this);
            }
            catch (SocketException e)
            {
                OnAcceptFailed(e.SocketErrorCode);
            }
        }

        public void Close()
        {
            _retry?.Cancel();
            _retry = null;
            _socket.Close(abort: false);
        }

        public void OnAccepted(PollSocket connection) => server.Accept(connection);

        public void OnAcceptFailed(SocketError error)
        {
            _retry = server._failures.Retry(Start);

            // Last: the handler may close the server.
            server._failures.Report(new SocketException((int)error));
        }
    }

    /// <summary>A handshake has ended. One that failed is nobody's but the server's to report; one that this side
    /// gave up was cancelled.</summary>
    private sealed class HandshakeItem(Server server, Transport lower) : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            if (first is Future { IsCancelled: false, Exception: { } error })
            {
                server._loop.CallExceptionHandler(new ExceptionContext
                {
                    Message = $"The TLS handshake with a client failed ({lower}). The connection was closed; the "
                        + "server goes on.",
                    Exception = error,
                    Source = server,
                });
            }
        }
    }
}

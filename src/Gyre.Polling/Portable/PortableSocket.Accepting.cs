using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class PortableSocket
{
    private IAcceptSink? _acceptSink;
    private PortableRequest? _accept;

    // The request has ended, and its outcome was not told yet.
    private bool _acceptEnded;

    public override void StartAccepting(IAcceptSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfInputBusy();
        if (_acceptEnded && _accept!.SocketError == SocketError.Success)
        {
            // Accepted after the last stop.
            _operations.ExecuteAgain(_input);
        }
        else
        {
            BeginAccept();
        }

        _acceptSink = sink;
        _operations.OnArmed();
    }

    public override void StopAccepting()
    {
        if (_acceptSink is not null)
        {
            _acceptSink = null;
            _operations.OnDisarmed();
        }
    }

    private void BeginAccept()
    {
        _acceptEnded = false;
        _accept ??= NewRequest(PortableRequestKind.Accept);
        if (!_accept.IsPending && _accept.Begin(_socket))
        {
            _acceptEnded = true;
            _operations.ExecuteAgain(_input);
        }
    }

    private void Accept(IAcceptSink sink)
    {
        if (!_acceptEnded)
        {
            return;
        }

        _acceptEnded = false;
        PortableRequest accept = _accept!;
        Socket? connection = accept.AcceptSocket;
        accept.AcceptSocket = null;
        if (connection is not null && accept.SocketError == SocketError.Success)
        {
            try
            {
                sink.OnAccepted(_poller.Attach(connection));
            }
            finally
            {
                if (ReferenceEquals(sink, _acceptSink))
                {
                    BeginAccept();
                }
            }
        }
        else if (accept.SocketError is SocketError.ConnectionAborted or SocketError.ConnectionReset)
        {
            // That connection is gone; the listener is well.
            BeginAccept();
        }
        else
        {
            StopAccepting();
            sink.OnAcceptFailed(accept.SocketError);
        }
    }
}

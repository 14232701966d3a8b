using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class PortableSocket
{
    private PortableRequest? _accept;

    // The request has ended, and its outcome was not told yet.
    private bool _acceptEnded;

    protected override void BeginAccept()
    {
        if (_acceptEnded && _accept!.SocketError == SocketError.Success)
        {
            // Accepted after the last stop.
            Operations.ExecuteAgain(_input);
        }
        else
        {
            RequestAccept();
        }
    }

    private void RequestAccept()
    {
        _acceptEnded = false;
        _accept ??= NewRequest(PortableRequestKind.Accept);
        if (!_accept.IsPending && _accept.Begin(_socket))
        {
            _acceptEnded = true;
            Operations.ExecuteAgain(_input);
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
                if (ReferenceEquals(sink, AcceptSink))
                {
                    RequestAccept();
                }
            }
        }
        else if (accept.SocketError is SocketError.ConnectionAborted or SocketError.ConnectionReset)
        {
            // That connection is gone; the listener is well.
            RequestAccept();
        }
        else
        {
            StopAccepting();
            sink.OnAcceptFailed(accept.SocketError);
        }
    }
}

using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    // Enough to keep up with a burst when each round of the loop is long, few enough not to hold up that
    // round.
    private const int AcceptBatchMax = 16;

    protected override void BeginAccept()
    {
        Check(Libc.GetOption(_descriptor, Libc.LevelSocket, Libc.OptionAcceptsConnections, out int isListening));
        if (isListening == 0)
        {
            throw new InvalidOperationException("The socket is not listening. Bind it and call Listen before.");
        }

        Check(Register(ListenerInterest));
    }

    protected override void EndAccept()
    {
        // Level-triggered: left in place, it would wake the loop for each connection that nobody wants.
        _ = _poller.Control(Libc.EpollCtlDelete, _descriptor, 0, Key);
        _interest = 0;
        _inputReady = false;
    }

    private void Accept(IAcceptSink sink)
    {
        // Level-triggered: if connections are left, the kernel says so again.
        _inputReady = false;
        for (int i = 0; i < AcceptBatchMax && ReferenceEquals(sink, AcceptSink); i++)
        {
            int result = NativeAddress.Accept(_descriptor, out NativeAddress peer);
            if (result >= 0)
            {
                sink.OnAccepted(new EpollSocket(_poller, result, null, Family, Protocol) { _acceptedFrom = peer });
            }
            else if (result == -Errno.Again)
            {
                return;
            }
            else if (result != -Errno.Interrupted && !Errno.IsOfAcceptedConnection(-result))
            {
                StopAccepting();
                sink.OnAcceptFailed(Errno.ToSocketError(-result));
            }
        }
    }
}

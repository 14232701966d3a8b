using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    // Enough to keep up with a burst when each round of the loop is long, few enough not to hold up that
    // round.
    private const int AcceptBatchMax = 16;

    protected override void BeginAccept()
    {
        ThrowIfNotListening();
        Check(Register(ListenerInterest));
    }

    protected override void EndAccept()
    {
        // Level-triggered: left in place, it would wake the loop for each connection that nobody wants.
        _ = _poller.Control(Libc.EpollCtlDelete, Descriptor, 0, Key);
        _interest = 0;
        IsInputReady = false;
    }

    private void Accept(IAcceptSink sink)
    {
        // Level-triggered: if connections are left, the kernel says so again.
        IsInputReady = false;
        for (int i = 0; i < AcceptBatchMax && ReferenceEquals(sink, AcceptSink); i++)
        {
            int result = NativeAddress.Accept(Descriptor, out NativeAddress peer);
            if (result >= 0)
            {
                sink.OnAccepted(new EpollSocket(_poller, result, null, Family, Protocol) { AcceptedFrom = peer });
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

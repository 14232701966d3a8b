using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    // Enough to keep up with a burst when each round of the loop is long, few enough not to hold up that
    // round.
    private const int AcceptBatchMax = 16;

    private IAcceptSink? _acceptSink;

    public override void StartAccepting(IAcceptSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfInputBusy();
        ThrowIfNotListening();
        Check(Register(ListenerInterest));
        _acceptSink = sink;
        _operations.OnArmed();
    }

    public override void StopAccepting()
    {
        if (_acceptSink is null)
        {
            return;
        }

        _acceptSink = null;
        _inputReady = false;
        _operations.OnDisarmed();

        // Level-triggered: left in place, it would wake the loop for each connection that nobody wants.
        _ = _poller.Control(Libc.EpollCtlDelete, _descriptor, 0, Key);
        _interest = 0;
    }

    private void ThrowIfNotListening()
    {
        Check(Libc.GetOption(_descriptor, Libc.LevelSocket, Libc.OptionAcceptsConnections, out int isListening));
        if (isListening == 0)
        {
            throw new InvalidOperationException("The socket is not listening. Bind it and call Listen before.");
        }
    }

    private void Accept(IAcceptSink sink)
    {
        // Level-triggered: if connections are left, the kernel says so again.
        _inputReady = false;
        for (int i = 0; i < AcceptBatchMax && ReferenceEquals(sink, _acceptSink); i++)
        {
            int result = NativeAddress.Accept(_descriptor, out NativeAddress peer);
            if (result >= 0)
            {
                var connection = new EpollSocket(_poller, result, null, _family, _isTcp) { _acceptedFrom = peer };
                sink.OnAccepted(connection);
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

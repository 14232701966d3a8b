namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    protected override void BeginReceive()
    {
        Check(Register(InputInterest));
        if (IsInputReady)
        {
            Operations.ExecuteAgain(Input);
        }
    }

    private sealed class InputOperation(EpollSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket.DatagramSink is { } datagrams)
            {
                socket.ReceiveDatagrams(datagrams);
                return;
            }

            if (!socket.IsInputReady)
            {
                return;
            }

            if (socket.BufferedSink is { } buffered)
            {
                socket.ReceiveBuffered(buffered);
            }
            else if (socket.ReceiveSink is { } receiver)
            {
                socket.Receive(receiver);
            }
            else if (socket.AcceptSink is { } acceptor)
            {
                socket.Accept(acceptor);
            }
        }
    }
}

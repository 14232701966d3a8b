using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    private EndPoint? _sendRemote;

    protected override void BeginReceiveFrom()
    {
        BeginReceive();
        if (HasKeptDatagrams)
        {
            Operations.ExecuteAgain(Input);
        }
    }

    protected override SocketError TrySendDatagram(ReadOnlySpan<byte> data, EndPoint? remote)
    {
        if (_outputFull && (_interest & Libc.EpollOut) != 0)
        {
            // The kernel will say when there is room. It has not, or we have not asked it since.
            return SocketError.WouldBlock;
        }

        SocketError error = SendDatagram(data, remote);
        if (error == SocketError.WouldBlock)
        {
            // A Unix socket is full for one address, and not for others.
            _outputFull = !CannotWaitFor(remote);
        }

        return error;
    }

    protected override void BeginSendTo(ReadOnlyMemory<byte> data, EndPoint? remote)
    {
        BeginSend(data);
        _sendRemote = remote;
    }

    protected override void ExecuteSendTo(ISendSink sink)
    {
        SocketError error = SendDatagram(_sendData.Span, _sendRemote);
        if (error == SocketError.WouldBlock && !CannotWaitFor(_sendRemote))
        {
            _outputFull = true;
            if (WaitForRoom(ref error))
            {
                return;
            }
        }

        int length = error == SocketError.Success ? _sendData.Length : 0;
        _sendData = default;
        _sendRemote = null;
        EndOutput();
        sink.OnSent(length, error);
    }
}

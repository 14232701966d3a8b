using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

// Datagrams are received on a poll's word, several with one system call, and sent with one. A multishot receive
// into provided buffers would need buffers of 64 KiB for each datagram, or cut off the long ones.
internal sealed partial class UringSocket
{
    private EndPoint? _sendRemote;

    // A send found no room: the kernel is, or will be, asked to tell of it.
    private bool _waitsForRoom;

    protected override void BeginReceiveFrom() => BeginReceive();

    protected override SocketError TrySendDatagram(ReadOnlySpan<byte> data, EndPoint? remote) =>
        SendDatagram(data, remote);

    protected override void BeginSendTo(ReadOnlyMemory<byte> data, EndPoint? remote)
    {
        _sendData = data;
        _sendRemote = remote;
        Operations.ExecuteAgain(Output);
    }

    protected override void ExecuteSendTo(ISendSink sink)
    {
        if (_waitsForRoom)
        {
            return;
        }

        SocketError error = SendDatagram(_sendData.Span, _sendRemote);
        if (error == SocketError.WouldBlock && !CannotWaitFor(_sendRemote))
        {
            _waitsForRoom = true;
            _poller.AddUnsettled(this);
            return;
        }

        int length = error == SocketError.Success ? _sendData.Length : 0;
        _sendData = default;
        _sendRemote = null;
        EndOutput();
        sink.OnSent(length, error);
    }
}

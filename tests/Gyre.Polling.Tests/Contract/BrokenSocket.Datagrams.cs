using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

internal sealed partial class BrokenSocket
{
    private EndPoint? _lastRemote;

    public override void StartReceivingFrom(IDatagramSink sink) =>
        Guard(() => inner.StartReceivingFrom(new BrokenDatagrams(this, sink)));

    public override SocketError TrySendTo(ReadOnlySpan<byte> data, EndPoint? remote)
    {
        if (_fault == Fault.SendsToTheOther)
        {
            remote = _lastRemote ??= remote?.Create(remote.Serialize());
        }

        try
        {
            SocketError error = inner.TrySendTo(
                _fault == Fault.TakesMoreThanItSends && !data.IsEmpty ? data[1..] : data, remote);
            return _fault == Fault.SendHidesErrors ? SocketError.Success : error;
        }
        catch (Exception error) when (
            _fault == Fault.MisuseIsSilent && error is ArgumentException or InvalidOperationException)
        {
            return SocketError.Success;
        }
    }

    public override void SendTo(ReadOnlyMemory<byte> data, EndPoint? remote, ISendSink sink) =>
        Guard(() => inner.SendTo(data, remote, new BrokenSend(this, sink)));
}

using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>What a connection's receives do wrong once only.</summary>
internal sealed class BrokenReceiving
{
    public bool HasLostAByte { get; set; }
}

internal sealed class BrokenConnect(IConnectSink sink, Fault fault) : IConnectSink
{
    public void OnConnected(SocketError error) =>
        sink.OnConnected(fault switch
        {
            Fault.ConnectAlwaysSucceeds => SocketError.Success,
            Fault.ConnectAlwaysFails => SocketError.ConnectionRefused,
            _ => error,
        });
}

internal sealed class BrokenAccept(BrokenSocket socket, IAcceptSink sink) : IAcceptSink
{
    private int _count;

    public void OnAccepted(PollSocket connection)
    {
        if (socket.Fault != Fault.DropsEverySecondConnection || ++_count % 2 == 1)
        {
            socket.Tell(() => sink.OnAccepted(new BrokenSocket(connection, socket.Poller)));
        }
    }

    public void OnAcceptFailed(SocketError error) => sink.OnAcceptFailed(error);
}

internal class BrokenReceive(IBroken owner, IReceiveSink sink, BrokenReceiving shared) : IReceiveSink
{
    public void OnReceived(ReadOnlySpan<byte> data)
    {
        if (owner.Fault == Fault.LosesTheFirstByte && !shared.HasLostAByte)
        {
            shared.HasLostAByte = true;
            data = data[1..];
        }

        if (!data.IsEmpty)
        {
            byte[] bytes = data.ToArray();
            owner.Tell(() => sink.OnReceived(bytes));
        }
    }

    public void OnEndOfInput()
    {
        sink.OnEndOfInput();
        if (owner.Fault == Fault.EndsTwice)
        {
            sink.OnEndOfInput();
        }
    }

    public void OnReceiveFailed(SocketError error)
    {
        if (owner.Fault == Fault.ResetIsAnEnd)
        {
            sink.OnEndOfInput();
        }
        else
        {
            sink.OnReceiveFailed(error);
        }
    }
}

internal sealed class BrokenBufferedReceive(IBroken owner, IBufferedReceiveSink sink, BrokenReceiving shared)
    : BrokenReceive(owner, sink, shared), IBufferedReceiveSink
{
    private readonly IBroken _owner = owner;
    private readonly BrokenReceiving _shared = shared;

    public Memory<byte> GetReceiveBuffer(int sizeHint)
    {
        Memory<byte> buffer = default;
        _owner.Tell(() => buffer = sink.GetReceiveBuffer(sizeHint));
        if (_owner.Fault == Fault.FillsTheBufferAfterAStop)
        {
            sink.OnReceived(1);
        }

        return buffer.IsEmpty && _owner.Fault == Fault.ErrorsSayNothing
            ? throw new InvalidOperationException("No.")
            : buffer;
    }

    public void OnReceived(int count)
    {
        if (_owner.Fault == Fault.LosesTheFirstByte && !_shared.HasLostAByte)
        {
            _shared.HasLostAByte = true;
            count--;
        }

        if (count > 0)
        {
            sink.OnReceived(count);
        }
    }
}

internal sealed class BrokenSend(IBroken owner, ISendSink sink) : ISendSink
{
    public void OnSent(int count, SocketError error)
    {
        if (owner.Fault == Fault.SendHidesErrors && error != SocketError.Success)
        {
            (count, error) = (1, SocketError.Success);
        }

        owner.Tell(() => sink.OnSent(count, error));
        if (owner.Fault == Fault.SendAnswersTwice)
        {
            sink.OnSent(count, error);
        }
    }
}

internal sealed class BrokenDatagrams(IBroken owner, IDatagramSink sink) : IDatagramSink
{
    public void OnDatagram(ReadOnlySpan<byte> data, EndPoint from)
    {
        byte[] bytes = (owner.Fault == Fault.LosesTheFirstByte && !data.IsEmpty ? data[1..] : data).ToArray();
        EndPoint sender = owner.Fault == Fault.HidesAddresses ? new IPEndPoint(IPAddress.Any, 0) : from;
        owner.Tell(() => sink.OnDatagram(bytes, sender));
    }

    public void OnDatagramFailed(SocketError error)
    {
        if (owner.Fault != Fault.SendHidesErrors)
        {
            sink.OnDatagramFailed(error);
        }
    }

    public void OnReceiveFailed(SocketError error) => sink.OnReceiveFailed(error);
}

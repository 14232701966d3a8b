using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

internal abstract partial class BackendSocket
{
    /// <summary>Whether it has datagrams, or else a stream.</summary>
    protected bool IsDatagram { get; init; }

    protected IDatagramSink? DatagramSink { get; private set; }

    public sealed override void StartReceivingFrom(IDatagramSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfNotDatagram();
        ThrowIfInputBusy();
        BeginReceiveFrom();
        DatagramSink = sink;
        Operations.OnArmed();
    }

    public sealed override SocketError TrySendTo(ReadOnlySpan<byte> data, EndPoint? remote)
    {
        ThrowIfClosed();
        ThrowIfNotDatagram();
        ThrowIfOutputBusy();
        return TrySendDatagram(data, Suit(remote));
    }

    public sealed override void SendTo(ReadOnlyMemory<byte> data, EndPoint? remote, ISendSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfNotDatagram();
        ThrowIfOutputBusy();
        BeginSendTo(data, Suit(remote));
        SendSink = sink;
        Operations.OnArmed();
    }

    /// <summary>What the protocol is, where the type decides it.</summary>
    protected static ProtocolType ProtocolOf(SocketType type, ProtocolType protocol) =>
        type == SocketType.Dgram && protocol == ProtocolType.Unspecified ? ProtocolType.Udp : protocol;

    /// <inheritdoc cref="BeginConnect"/>
    protected abstract void BeginReceiveFrom();

    protected abstract SocketError TrySendDatagram(ReadOnlySpan<byte> data, EndPoint? remote);

    /// <inheritdoc cref="BeginConnect"/>
    protected abstract void BeginSendTo(ReadOnlyMemory<byte> data, EndPoint? remote);

    /// <summary>Whether the system would never tell that a full peer has room again. It tells those that are
    /// connected to it.</summary>
    protected bool CannotWaitFor(EndPoint? remote) => remote is not null && Family == AddressFamily.Unix;

    /// <summary>Says that a datagram was lost. When the socket itself is beyond use, it stops.</summary>
    protected void FailDatagram(IDatagramSink sink, SocketError error)
    {
        if (error is SocketError.OperationAborted or SocketError.NotSocket or SocketError.InvalidArgument
            or SocketError.Fault)
        {
            StopReceiving();
            sink.OnReceiveFailed(error);
        }
        else
        {
            sink.OnDatagramFailed(error);
        }
    }

    /// <summary>Types that are possible, and the families that datagrams may have.</summary>
    protected static void ThrowIfNotPossible(SocketType type, AddressFamily family)
    {
        bool isDatagram = type == SocketType.Dgram;
        if (!isDatagram && type != SocketType.Stream)
        {
            throw new ArgumentException($"Only stream and datagram sockets are possible, not {type}.", nameof(type));
        }

        if (isDatagram
            && family is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 or AddressFamily.Unix))
        {
            throw new ArgumentException(
                $"Datagram sockets are possible for IPv4, IPv6 and Unix, not {family}.", nameof(family));
        }
    }

    protected void ThrowIfDatagram()
    {
        if (IsDatagram)
        {
            ThrowIsDatagram();
        }
    }

    // Apart, so that the check is small enough to be inlined into the hot path.
    [DoesNotReturn]
    private static void ThrowIsDatagram() => throw new InvalidOperationException(
        "This is a datagram socket. Use StartReceivingFrom, TrySendTo and SendTo.");

    private void ThrowIfNotDatagram()
    {
        if (!IsDatagram)
        {
            throw new InvalidOperationException(
                "This is a stream socket. Use StartReceiving, TrySend and Send.");
        }
    }

    /// <summary>An address in the form that the socket takes.</summary>
    private EndPoint? Suit(EndPoint? remote)
    {
        if (remote is null || remote.AddressFamily == Family)
        {
            return remote;
        }

        if (Family == AddressFamily.InterNetworkV6
            && remote is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } v4)
        {
            return new IPEndPoint(v4.Address.MapToIPv6(), v4.Port);
        }

        throw new ArgumentException(
            remote is DnsEndPoint
                ? "Resolve the name first, and send to one of its addresses."
                : $"The socket's addresses are of the family {Family}, and {remote} is not.",
            nameof(remote));
    }
}

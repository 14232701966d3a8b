using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    [Clause("Unix datagrams come with their sender's path; who is bound to nothing has an empty one.")]
    internal void StartReceivingFrom_UnixSenders_HavePathsNamesOrNothing()
    {
        using TemporaryFolder folder = NewUnixFolder();
        (PollSocket socket, EndPoint address) = BindDatagrams(new UnixDomainSocketEndPoint(folder.Combine("here")));
        var sink = new DatagramRecorder();
        socket.StartReceivingFrom(sink);
        var path = new UnixDomainSocketEndPoint(folder.Combine("there"));
        var name = new UnixDomainSocketEndPoint($"\0gyre-{Guid.NewGuid():N}");
        NewPeer(path).SendTo([1], address);
        NewPeer(name).SendTo([2], address);
        Socket unnamed = Harness.Own(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified));
        unnamed.SendTo([3], address);
        Harness.RunUntil(() => sink.Count == 3);
        Expect.Equal(path, sink.Datagrams[0].From);
        Expect.Equal(name, sink.Datagrams[1].From);
        Expect.Equal("", sink.Datagrams[2].From.ToString() ?? "");
        Expect.NotEqual(SocketError.Success, socket.TrySendTo([4], sink.Datagrams[2].From));
    }

    [Clause("Unix datagrams go to paths and to names in the abstract namespace.")]
    internal void TrySendTo_UnixAddresses_ReachesThem()
    {
        using TemporaryFolder folder = NewUnixFolder();
        PollSocket socket = NewDatagrams(AddressFamily.Unix);
        EndPoint[] addresses =
        [
            new UnixDomainSocketEndPoint(folder.Combine("there")),
            new UnixDomainSocketEndPoint($"\0gyre-{Guid.NewGuid():N}"),
        ];
        foreach (EndPoint address in addresses)
        {
            Socket peer = NewPeer(address);
            Expect.Equal(SocketError.Success, socket.TrySendTo([1], address));
            Expect.Equal(SocketError.Success, socket.TrySendTo([2], address));
            Harness.Settle();
            Expect.Equal([1], ReceiveExactly(peer, 1));
            Expect.Equal([2], ReceiveExactly(peer, 1));
        }
    }

    [Clause("SendTo waits until a full Unix socket, that this one is connected to, has room.")]
    internal void SendTo_ConnectedUnixPeerIsFull_WaitsForRoom()
    {
        using TemporaryFolder folder = NewUnixFolder();
        Socket peer = NewPeer(new UnixDomainSocketEndPoint(folder.Combine("there")));
        var connecting = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        connecting.Connect(peer.LocalEndPoint!);
        PollSocket socket = Poller.Attach(connecting);
        int sent = Fill(socket, remote: null);
        var sink = new SendRecorder();
        socket.SendTo(Pattern(3), remote: null, sink);
        Harness.Settle();
        Expect.Equal(0, sink.Calls);
        for (int i = 0; i < sent; i++)
        {
            ReceiveExactly(peer, 1);
        }

        Harness.RunUntil(() => sink.Calls == 1);
        Expect.Equal(3, sink.Count);
        Expect.Equal(Pattern(3), ReceiveExactly(peer, 3));
        Expect.Equal(SocketError.Success, socket.TrySendTo([1], remote: null));
    }

    [Clause("SendTo to a full Unix socket that this one is not connected to ends with WouldBlock.")]
    internal void SendTo_OtherUnixPeerIsFull_SaysWouldBlock()
    {
        using TemporaryFolder folder = NewUnixFolder();
        Socket peer = NewPeer(new UnixDomainSocketEndPoint(folder.Combine("there")));
        Socket other = NewPeer(new UnixDomainSocketEndPoint(folder.Combine("other")));
        PollSocket socket = NewDatagrams(AddressFamily.Unix);
        Fill(socket, peer.LocalEndPoint);
        var sink = new SendRecorder();
        socket.SendTo(Pattern(3), peer.LocalEndPoint, sink);
        Harness.RunUntil(() => sink.Calls == 1);
        Expect.Equal(SocketError.WouldBlock, sink.Error);
        Expect.Equal(SocketError.WouldBlock, socket.TrySendTo([1], peer.LocalEndPoint));
        Expect.Equal(SocketError.Success, socket.TrySendTo([1], other.LocalEndPoint));
        ReceiveExactly(peer, 1);
        Expect.Equal(SocketError.Success, socket.TrySendTo([1], peer.LocalEndPoint));
    }

    [Clause("A datagram longer than 256 KiB is lost, and that is told: never is a part taken for the whole.")]
    internal void StartReceivingFrom_DatagramIsTooLong_IsTold()
    {
        using TemporaryFolder folder = NewUnixFolder();
        (PollSocket socket, EndPoint address) = BindDatagrams(new UnixDomainSocketEndPoint(folder.Combine("here")));
        Socket peer = Harness.Own(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified));
        peer.SendBufferSize = 1_000_000;
        var sink = new DatagramRecorder();
        socket.StartReceivingFrom(sink);
        try
        {
            peer.SendTo(new byte[300_000], address);
        }
        catch (SocketException)
        {
            Expect.Applies(false, "This machine does not send such long datagrams.");
        }

        peer.SendTo(Pattern(100_000), address);
        Harness.RunUntil(() => sink.Count == 1);
        Expect.Equal(Pattern(100_000), sink.Datagrams[0].Data);
        Expect.Equal([SocketError.MessageSize], sink.Losses);
    }

    private static TemporaryFolder NewUnixFolder()
    {
        Expect.Applies(OperatingSystem.IsLinux(), "Only Linux has all kinds of Unix datagram sockets.");
        return new TemporaryFolder();
    }

    /// <summary>Sends single bytes until the system takes no more.</summary>
    private static int Fill(PollSocket socket, EndPoint? remote)
    {
        const int Most = 100_000;
        for (int sent = 0; sent < Most; sent++)
        {
            SocketError error = socket.TrySendTo([1], remote);
            if (error != SocketError.Success)
            {
                Expect.Equal(SocketError.WouldBlock, error);
                return sent;
            }
        }

        throw new ExpectationException("The system takes any number of datagrams that nobody receives.");
    }
}

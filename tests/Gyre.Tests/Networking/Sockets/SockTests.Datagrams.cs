using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

public partial class SockTests
{
    /// <summary>CPython: BaseSockTestsMixin.test_recvfrom, test_recvfrom_into.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockRecvFrom_Datagrams_ComeWithTheirSender(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using Socket server = NewUdp();
        using Socket client = NewUdp();
        LoopTask echo = Aio.CreateTask(EchoDatagramsAsync(loop, server, 3));
        byte[] data = new byte[4096];
        Array.Fill(data, (byte)1);
        Assert.Equal(4096, await loop.SockSendToAsync(client, data, server.LocalEndPoint!));
        (byte[] received, EndPoint? from) = await loop.SockRecvFromAsync(client, 4096);
        Assert.Equal(data, received);
        Assert.Equal(server.LocalEndPoint, from);

        byte[] buffer = new byte[8192];
        await loop.SockSendToAsync(client, data, server.LocalEndPoint!);
        (int count, from) = await loop.SockRecvFromIntoAsync(client, buffer.AsMemory(0, 4096));
        Assert.Equal(4096, count);
        Assert.Equal(data, buffer[..4096]);
        Assert.Equal(server.LocalEndPoint, from);

        // What does not fit in is lost, as everywhere.
        await loop.SockSendToAsync(client, data, server.LocalEndPoint!);
        (received, from) = await loop.SockRecvFromAsync(client, 10);
        Assert.Equal(data[..10], received);
        await echo;
    });

    /// <summary>CPython: BaseSockTestsMixin.test_sendto_blocking.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendTo_NoRoom_WaitsForIt(PollerBackend backend)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere datagrams are dropped instead.");
        Run(backend, async () =>
        {
            EventLoop loop = EventLoop.Running;
            using var folder = new TemporaryDirectory();
            using var receiver = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var address = new UnixDomainSocketEndPoint(folder["r"]);
            receiver.Bind(address);
            int sent = 0;
            LoopTask sending = Aio.CreateTask(SendAsync());
            await Until(() => sent > 0);
            int before = 0;
            await Until(() =>
            {
                (int last, before) = (before, sent);
                return last == sent;
            });
            Assert.False(sending.IsDone);
            Assert.True(sent < 3000);
            for (int i = 0; i < 3000; i++)
            {
                Assert.Equal(100, (await loop.SockRecvFromAsync(receiver, 1000)).Data.Length);
            }

            await sending;

            async Coroutine SendAsync()
            {
                byte[] data = new byte[100];
                for (; sent < 3000; sent++)
                {
                    Assert.Equal(100, await loop.SockSendToAsync(sender, data, address));
                }
            }
        });
    }

    /// <summary>The system tells of room only who has filled the receiver. Another sender waited for ever.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendTo_AnotherSenderHasTakenTheRoom_GoesOnWhenThereIsSome(PollerBackend backend)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere datagrams are dropped instead.");
        Run(backend, async () =>
        {
            EventLoop loop = EventLoop.Running;
            using var folder = new TemporaryDirectory();
            using var receiver = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            using var first = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            using var second = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            var address = new UnixDomainSocketEndPoint(folder["r"]);
            receiver.Bind(address);
            first.Blocking = false;
            int count = 0;
            for (SocketError error = SocketError.Success; error == SocketError.Success; count++)
            {
                error = TrySend(first, address);
            }

            LoopTask<int> sending = Aio.CreateTask(loop.SockSendToAsync(second, "last"u8.ToArray(), address));
            await Aio.Sleep(5.Milliseconds());
            Assert.False(sending.IsDone);
            for (int i = 1; i < count; i++)
            {
                Assert.Single((await loop.SockRecvFromAsync(receiver, 10)).Data);
            }

            Assert.Equal(4, await sending);
            Assert.Equal(4, (await loop.SockRecvFromAsync(receiver, 10)).Data.Length);
        });
    }

    private static SocketError TrySend(Socket socket, EndPoint to)
    {
        try
        {
            socket.SendTo("x"u8, to);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static async Coroutine EchoDatagramsAsync(EventLoop loop, Socket socket, int number)
    {
        for (int i = 0; i < number; i++)
        {
            (byte[] data, EndPoint? from) = await loop.SockRecvFromAsync(socket, 10_000);
            await loop.SockSendToAsync(socket, data, from!);
        }
    }
}

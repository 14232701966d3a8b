using System.Net;
using System.Net.Sockets;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>Datagram endpoints that are awaited.</summary>
public sealed class AwaitedDatagramTests : DatagramTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void ReceiveAsync_DatagramsArrive_InTheirOrder(PollerBackend backend) => Run(backend, async () =>
    {
        using DatagramEndpoint server = await Aio.OpenDatagramEndpoint(AnyPort);
        using DatagramEndpoint client = await Aio.OpenDatagramEndpoint(remote: server.LocalEndPoint);
        LoopTask<ReceivedDatagram> early = Aio.CreateTask(server.ReceiveAsync());
        for (int i = 0; i < 50; i++)
        {
            await client.SendAsync(new[] { (byte)i });
        }

        Assert.Equal(0, (await early).Data.Span[0]);
        for (int i = 1; i < 50; i++)
        {
            ReceivedDatagram datagram = await server.ReceiveAsync();
            Assert.Equal(i, datagram.Data.Span[0]);
            Assert.Equal(client.LocalEndPoint, datagram.From);
        }

        await server.SendAsync("back"u8.ToArray(), client.LocalEndPoint);
        ReceivedDatagram answer = await client.ReceiveAsync();
        Assert.Equal("back"u8, answer.Data.Span);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReceiveAsync_QueueIsFull_SystemKeepsTheRest(PollerBackend backend) => Run(backend, async () =>
    {
        using DatagramEndpoint server = await Aio.OpenDatagramEndpoint(AnyPort, limit: 4);
        using DatagramEndpoint client = await Aio.OpenDatagramEndpoint(remote: server.LocalEndPoint);
        for (int i = 0; i < 40; i++)
        {
            await client.SendAsync(new[] { (byte)i });
        }

        await Until(() => !server.Transport.IsReading);
        await Aio.Sleep(2.Milliseconds());
        Assert.Equal(4, server.WaitingCount);
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(i, (await server.ReceiveAsync()).Data.Span[0]);
            Assert.InRange(server.WaitingCount, 0, 4);
        }
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReceiveAsync_PeerIsGone_ThrowsOnceAndGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        EndPoint address;
        using (Socket gone = NewPeer(Elsewhere))
        {
            address = gone.LocalEndPoint!;
        }

        using DatagramEndpoint client = await Aio.OpenDatagramEndpoint(remote: address);
        await client.SendAsync("lost"u8.ToArray());
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync().AsTask());
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        using Socket back = NewPeer(address);
        back.SendTo("x"u8, client.LocalEndPoint!);
        ReceivedDatagram next = await client.ReceiveAsync();
        Assert.Equal("x"u8, next.Data.Span);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void SendAsync_TooLong_ThrowsAndTheNextGoesOut(PollerBackend backend) => Run(backend, async () =>
    {
        using Socket peer = NewPeer(AnyPort);
        using DatagramEndpoint client = await Aio.OpenDatagramEndpoint(remote: peer.LocalEndPoint);
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => client.SendAsync(new byte[70_000]).AsTask());
        Assert.Equal(SocketError.MessageSize, error.SocketErrorCode);
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal("x"u8, Take(peer));
        Assert.Equal(0, client.WaitingCount);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void SendAsync_PeerIsFull_WaitsForRoom(PollerBackend backend)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has all kinds of Unix datagram sockets.");
        using var directory = new TemporaryDirectory();
        var address = new UnixDomainSocketEndPoint(directory["peer"]);
        Run(backend, async () =>
        {
            using Socket peer = NewPeer(address);
            using DatagramEndpoint client = await Aio.OpenDatagramEndpoint(remote: address);
            client.Transport.SetWriteBufferLimits(high: 0);
            LoopTask sending;
            int sent = 0;
            do
            {
                sending = Aio.CreateTask(client.SendAsync("x"u8.ToArray()));
                sent++;
                await Aio.Yield();
                await Aio.Yield();
            }
            while (sending.IsDone);

            peer.Blocking = false;
            byte[] buffer = new byte[10];
            while (sent > 0)
            {
                if (peer.Poll(TimeSpan.Zero, SelectMode.SelectRead))
                {
                    peer.Receive(buffer);
                    sent--;
                }

                await Aio.Yield();
            }

            await sending;
        });
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_WhileSomebodyReceives_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        DatagramEndpoint endpoint = await Aio.OpenDatagramEndpoint(AnyPort);
        LoopTask<ReceivedDatagram> waiting = Aio.CreateTask(endpoint.ReceiveAsync());
        await Aio.Yield();
        endpoint.Close();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => endpoint.ReceiveAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => endpoint.SendAsync("x"u8.ToArray()).AsTask());
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Aio.OpenDatagramEndpoint(AnyPort, limit: 0); });
    });

    /// <summary>The datagram was dropped, and its sender was told that all was well.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendAsync_AbortedWhileItWaits_Throws(PollerBackend backend)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere datagrams are dropped instead of waiting.");
        Run(backend, async () =>
        {
            using var folder = new TemporaryDirectory();
            var address = new UnixDomainSocketEndPoint(folder["peer"]);
            using Socket peer = NewPeer(address);
            using DatagramEndpoint client = await Aio.OpenDatagramEndpoint(remote: address);
            client.Transport.SetWriteBufferLimits(high: 0);
            while (client.Transport.WriteBufferSize == 0)
            {
                client.Transport.SendTo("x"u8);
            }

            LoopTask sending = Aio.CreateTask(client.SendAsync("dropped"u8.ToArray()));
            await Aio.Yield();
            client.Transport.Abort();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => sending.AsTask());
        });
    }
}

using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>The coroutines of plain sockets.</summary>
public partial class SockTests : NetworkTest
{
    /// <summary>CPython: BaseSockTestsMixin.test_sock_client_ops. A blocking socket becomes non-blocking; in asyncio's
    /// debug mode it is an error.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Sock_Client_ConnectsSendsAndReceives(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using Socket listener = Listen();
        LoopTask server = Aio.CreateTask(ServeGreetingAsync(loop, listener, clients: 2));
        using (Socket socket = NewSocket())
        {
            await loop.SockConnectAsync(socket, listener.LocalEndPoint!);
            Assert.False(socket.Blocking);
            Assert.True(socket.Connected);
            Assert.Equal(listener.LocalEndPoint, socket.RemoteEndPoint);
            await loop.SockSendAllAsync(socket, "GET / HTTP/1.0\r\n\r\n"u8.ToArray());
            Assert.Equal("HTTP/1.0 200 OK"u8.ToArray(), await loop.SockRecvAsync(socket, 1024));
            Assert.Empty(await loop.SockRecvAsync(socket, 1024));
        }

        using (Socket socket = NewSocket())
        {
            await loop.SockConnectAsync(socket, listener.LocalEndPoint!);
            await loop.SockSendAllAsync(socket, "GET / HTTP/1.0\r\n\r\n"u8.ToArray());
            byte[] buffer = new byte[1024];
            Assert.Equal(15, await loop.SockRecvIntoAsync(socket, buffer));
            Assert.Equal("HTTP/1.0 200 OK"u8, buffer.AsSpan(0, 15));
            Assert.Equal(0, await loop.SockRecvIntoAsync(socket, buffer));
        }

        await server;
    });

    /// <summary>CPython: BaseSockTestsMixin.test_unix_sock_client_ops.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Sock_UnixClient_ConnectsSendsAndReceives(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var folder = new TemporaryDirectory();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var address = new UnixDomainSocketEndPoint(folder["s"]);
        listener.Bind(address);
        listener.Listen();
        LoopTask server = Aio.CreateTask(ServeGreetingAsync(loop, listener, clients: 1));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await loop.SockConnectAsync(socket, address);
        await loop.SockSendAllAsync(socket, "GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        Assert.Equal("HTTP/1.0 200 OK"u8.ToArray(), await loop.SockRecvAsync(socket, 1024));
        Assert.Empty(await loop.SockRecvAsync(socket, 1024));
        await server;
    });

    /// <summary>Guarantee G-141. CPython: BaseSockTestsMixin.test_sock_client_racing (receiving).</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockRecv_Cancelled_TheNextOneGetsEveryByte(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        byte next = 0;
        for (int i = 0; i < 50; i++)
        {
            LoopTask<byte[]> first = Aio.CreateTask(loop.SockRecvAsync(pair.First, 1024));
            await Aio.Yield();
            if (i % 2 == 0)
            {
                // Ready, but not resumed yet.
                pair.Second.Send([(byte)(next + 0)]);
                next++;
                if (i % 4 == 0)
                {
                    await Aio.Yield();
                }
            }

            first.Cancel();
            LoopTask<int> second = Aio.CreateTask(loop.SockRecvIntoAsync(pair.First, new byte[1024]));
            pair.Second.Send([next++]);
            int count = await second;
            byte taken = 0;
            try
            {
                taken = (byte)(await first).Length;
            }
            catch (CancelledException)
            {
                Assert.True(first.IsCancelled);
            }

            while (taken + count < (i % 2 == 0 ? 2 : 1))
            {
                count += (await loop.SockRecvAsync(pair.First, 10)).Length;
            }
        }
    });

    /// <summary>CPython: BaseSockTestsMixin.test_sock_client_racing (sending).</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockSendAll_Cancelled_TheNextOneSends(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        SocketPair.Fill(pair.First);

        // More than the system ever holds: should it find room for some after all, it waits for the rest.
        byte[] large = new byte[64 * 1024 * 1024];
        Array.Fill(large, (byte)'-');
        LoopTask first = Aio.CreateTask(loop.SockSendAllAsync(pair.First, large));
        await Aio.Yield();
        first.Cancel();
        LoopTask<byte[]> receiving = Aio.CreateTask(ReceiveAllAsync());
        await loop.SockSendAllAsync(pair.First, "world"u8.ToArray());
        pair.First.Shutdown(SocketShutdown.Send);
        byte[] received = await receiving;
        Assert.True(first.IsCancelled);
        Assert.True(received.Length < large.Length, "The cancelled one went on.");
        Assert.Equal("world"u8.ToArray(), received.SkipWhile(b => b == '-').ToArray());

        async Coroutine<byte[]> ReceiveAllAsync()
        {
            var bytes = new List<byte>();
            while (await loop.SockRecvAsync(pair.Second, 8192) is { Length: > 0 } piece)
            {
                bytes.AddRange(piece.Where(b => b != ' '));
            }

            return [.. bytes];
        }
    });

    /// <summary>In asyncio, too, a second wait takes the first one's place: that one ends only by cancellation, which
    /// leaves the second alone.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockRecv_ASecondWaiter_TakesThePlaceOfTheFirst(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        LoopTask<byte[]> first = Aio.CreateTask(loop.SockRecvAsync(pair.First, 1));
        await Aio.Yield();
        LoopTask<byte[]> second = Aio.CreateTask(loop.SockRecvAsync(pair.First, 1));
        await Aio.Yield();
        pair.Second.Send("ab"u8);
        Assert.Equal("a"u8.ToArray(), await second);
        Assert.False(first.IsDone);
        LoopTask<byte[]> third = Aio.CreateTask(loop.SockRecvAsync(pair.First, 1));
        Assert.Equal("b"u8.ToArray(), await third);
        LoopTask<byte[]> fourth = Aio.CreateTask(loop.SockRecvAsync(pair.First, 1));
        await Aio.Yield();
        first.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.AsTask());
        pair.Second.Send("c"u8);
        Assert.Equal("c"u8.ToArray(), await fourth);
    });

    /// <summary>CPython: BaseSockTestsMixin.test_sock_client_connect_racing.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockConnect_CancelledThenAgain_Connects(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var listener = NewSocket();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket socket = NewSocket();
        LoopTask first = Aio.CreateTask(loop.SockConnectAsync(socket, listener.LocalEndPoint!));
        await Aio.Yield();
        first.Cancel();
        await Aio.Wait([first]);
        listener.Listen();

        // The system may first tell of the attempt before.
        for (int i = 0; i < 128; i++)
        {
            try
            {
                await loop.SockConnectAsync(socket, listener.LocalEndPoint!);
                break;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                Assert.True(i < 127, "It never connected.");
            }
        }

        Assert.True(socket.Connected);
    });

    /// <summary>CPython: BaseSockTestsMixin.test_huge_content, test_huge_content_recvinto.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Sock_HugeContent_ArrivesWhole(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        byte[] data = new byte[1_000_000];
        Random.Shared.NextBytes(data);
        LoopTask sending = Aio.CreateTask(loop.SockSendAllAsync(pair.First, data));
        LoopTask echo = Aio.CreateTask(EchoAsync(loop, pair.Second, data.Length));
        byte[] received = new byte[data.Length];
        int count = 0;
        while (count < data.Length / 2)
        {
            byte[] piece = await loop.SockRecvAsync(pair.First, data.Length);
            Assert.NotEmpty(piece);
            piece.CopyTo(received, count);
            count += piece.Length;
        }

        while (count < data.Length)
        {
            int more = await loop.SockRecvIntoAsync(pair.First, received.AsMemory(count));
            Assert.NotEqual(0, more);
            count += more;
        }

        await sending;
        await echo;
        Assert.Equal(data, received);
    });

    /// <summary>CPython: BaseSockTestsMixin.test_sock_client_fail.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockConnect_NobodyListens_IsRefused(PollerBackend backend) => Run(backend, async () =>
    {
        var address = new IPEndPoint(IPAddress.Loopback, ClosedPort());
        using Socket socket = NewSocket();
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => EventLoop.Running.SockConnectAsync(socket, address).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Contains(address.ToString(), error.Message, StringComparison.Ordinal);
    });

    /// <summary>CPython: BaseSelectorEventLoopTests.test_sock_connect_resolve_using_socket_params.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockConnect_Name_IsResolvedForTheFamilyOfTheSocket(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        var families = new List<AddressFamily>();
        UseResolver((_, family) =>
        {
            families.Add(family);
            return [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")];
        });
        using Socket listener = Listen();
        var name = new DnsEndPoint("need-resolution.example", ((IPEndPoint)listener.LocalEndPoint!).Port);
        using Socket socket = NewSocket();
        await loop.SockConnectAsync(socket, name);
        Assert.Equal(listener.LocalEndPoint, socket.RemoteEndPoint);
        using Socket udp = NewUdp();
        await loop.SockConnectAsync(udp, name);
        Assert.Equal(listener.LocalEndPoint, udp.RemoteEndPoint);
        Assert.Equal([AddressFamily.InterNetwork, AddressFamily.InterNetwork], families);
        await Assert.ThrowsAsync<ArgumentException>(() => loop.SockSendToAsync(udp, new byte[1], name).AsTask());
    });

    /// <summary>CPython: BaseSockTestsMixin.test_sock_accept.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockAccept_Connection_IsNonBlockingAndComesWithItsAddress(PollerBackend backend) =>
        Run(backend, async () =>
        {
            EventLoop loop = EventLoop.Running;
            using Socket listener = Listen();
            for (int i = 0; i < 3; i++)
            {
                // Once a connection is there, and else it is waited for.
                LoopTask<(Socket Connection, EndPoint From)>? waiting =
                    i > 0 ? Aio.CreateTask(loop.SockAcceptAsync(listener)) : null;
                await Aio.Yield();
                using Socket client = NewSocket();
                client.Connect(listener.LocalEndPoint!);
                (Socket connection, EndPoint from) =
                    waiting is null ? await loop.SockAcceptAsync(listener) : await waiting;
                Assert.False(connection.Blocking);
                Assert.Equal(client.LocalEndPoint, from);
                Assert.Equal(client.RemoteEndPoint, listener.LocalEndPoint);
                client.Send("x"u8);
                Assert.Equal("x"u8.ToArray(), await loop.SockRecvAsync(connection, 10));
                connection.Dispose();
            }
        });

    /// <summary>CPython: BaseSockTestsMixin.test_cancel_sock_accept.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockAccept_CancelledAndClosed_NobodyIsAccepted(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        Socket listener = Listen();
        EndPoint address = listener.LocalEndPoint!;
        await Assert.ThrowsAsync<TimeoutException>(
            () => Aio.WaitFor(loop.SockAcceptAsync(listener), 5.Milliseconds()).AsTask());
        listener.Dispose();
        using Socket client = NewSocket();
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => loop.SockConnectAsync(client, address).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    });

    /// <summary>After a wait was cancelled, closing the socket ends the connection: nothing holds it.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SockRecv_CancelledAndClosed_ThePeerSeesTheEnd(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        LoopTask<byte[]> waiting = Aio.CreateTask(loop.SockRecvAsync(pair.First, 10));
        await Aio.Sleep(1.Milliseconds());
        waiting.Cancel();
        await Aio.Wait([waiting]);
        pair.First.Dispose();
        Assert.Empty(await loop.SockRecvAsync(pair.Second, 10));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Sock_BadInput_IsRefusedAtOnce(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => loop.SockRecvAsync(pair.First, -1).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => loop.SockRecvAsync(null!, 1).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => loop.SockConnectAsync(pair.First, null!).AsTask());
        Assert.Empty(await loop.SockRecvAsync(pair.First, 0));
        Assert.Equal(0, await loop.SockRecvIntoAsync(pair.First, Memory<byte>.Empty));
        await loop.SockSendAllAsync(pair.First, ReadOnlyMemory<byte>.Empty);
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => loop.SockAcceptAsync(pair.First).AsTask());
        Assert.NotEqual(SocketError.WouldBlock, error.SocketErrorCode);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Sock_Reset_IsTold(PollerBackend backend) => Run(backend, async () =>
    {
        EventLoop loop = EventLoop.Running;
        using var pair = new SocketPair();
        LoopTask<byte[]> receiving = Aio.CreateTask(loop.SockRecvAsync(pair.First, 10));
        await Aio.Yield();
        pair.Second.Close(timeout: 0);
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => receiving.AsTask());
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await Assert.ThrowsAsync<SocketException>(
            () => loop.SockSendAllAsync(pair.First, new byte[10]).AsTask());
    });

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static Socket NewUdp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static Socket Listen()
    {
        Socket listener = NewSocket();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static async Coroutine ServeGreetingAsync(EventLoop loop, Socket listener, int clients)
    {
        for (int i = 0; i < clients; i++)
        {
            (Socket connection, _) = await loop.SockAcceptAsync(listener);
            using (connection)
            {
                Assert.Equal(18, (await loop.SockRecvAsync(connection, 1000)).Length);
                await loop.SockSendAllAsync(connection, "HTTP/1.0 200 OK"u8.ToArray());
            }
        }
    }

    private static async Coroutine EchoAsync(EventLoop loop, Socket socket, int length)
    {
        byte[] buffer = new byte[10_000];
        while (length > 0)
        {
            int count = await loop.SockRecvIntoAsync(socket, buffer);
            await loop.SockSendAllAsync(socket, buffer.AsMemory(0, count));
            length -= count;
        }
    }
}

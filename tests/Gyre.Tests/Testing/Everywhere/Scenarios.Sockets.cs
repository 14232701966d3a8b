using System.Net;
using System.Net.Sockets;
using Gyre.Testing;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddSockets(Dictionary<string, Scenario> all)
    {
        all.Add("EventLoop.SockRecvAsync(Socket, Int32)", async scenario => await CancelSockRecv(
            scenario, async (loop, socket) => (await loop.SockRecvAsync(socket, 1)).Length), realTime: true);
        all.Add("EventLoop.SockRecvIntoAsync(Socket, Memory<Byte>)", async scenario => await CancelSockRecv(
            scenario, async (loop, socket) => await loop.SockRecvIntoAsync(socket, new byte[1])), realTime: true);
        all.Add("EventLoop.SockRecvFromAsync(Socket, Int32)", async scenario => await CancelSockRecvFrom(
            scenario, async (loop, socket) => (await loop.SockRecvFromAsync(socket, 10)).Data.Length), realTime: true);
        all.Add("EventLoop.SockRecvFromIntoAsync(Socket, Memory<Byte>)", async scenario => await CancelSockRecvFrom(
            scenario, async (loop, socket) => (await loop.SockRecvFromIntoAsync(socket, new byte[10])).Count),
            realTime: true);
        all.Add("EventLoop.SockSendAllAsync(Socket, ReadOnlyMemory<Byte>)", CancelSockSend, realTime: true);
        all.Add(
            "EventLoop.SockSendToAsync(Socket, ReadOnlyMemory<Byte>, EndPoint)", CancelSockSendTo, realTime: true);
        all.Add("EventLoop.SockConnectAsync(Socket, EndPoint)", async scenario =>
        {
            EventLoop loop = Aio.RunningLoop;
            using Socket listener = ListenTcp();
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            LoopTask target = scenario.Target(loop.SockConnectAsync(
                socket, new DnsEndPoint("localhost", ((IPEndPoint)listener.LocalEndPoint!).Port)));
            await End(target);
            Assert.False(loop.RemoveWriter(socket));
            Assert.True(target.IsCancelled || socket.Connected);
        }, realTime: true);
        all.Add("EventLoop.SockSendfileAsync(Socket, Stream, Int64, Int64?, Boolean)", CancelSockSendfile, realTime: true);
        all.Add("EventLoop.GetNameInfoAsync(IPEndPoint, NameInfoFlags)", async scenario =>
        {
            EventLoop loop = Aio.RunningLoop;
            var address = new IPEndPoint(IPAddress.Loopback, 7);
            LoopTask<(string Host, string Service)> target = scenario.Target(
                loop.GetNameInfoAsync(address, NameInfoFlags.NumericHost));
            LoopTask<(string Host, string Service)> other = Aio.CreateTask(
                loop.GetNameInfoAsync(address, NameInfoFlags.NumericHost));
            await End(target);
            Assert.Equal("127.0.0.1", (await other).Host);
        }, realTime: true);
        all.Add("EventLoop.SockAcceptAsync(Socket)", async scenario =>
        {
            EventLoop loop = Aio.RunningLoop;
            using Socket listener = ListenTcp();
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            LoopTask<(Socket Connection, EndPoint From)> target = scenario.Target(loop.SockAcceptAsync(listener));
            After(2.Milliseconds(), () => client.Connect(listener.LocalEndPoint!));
            await End(target);
            (Socket connection, _) = target.IsCancelled ? await loop.SockAcceptAsync(listener) : target.Result;
            connection.Dispose();
        }, realTime: true);
    }

    /// <summary>Of two bytes, the one that the target has not taken is there for the next.</summary>
    private static async Coroutine CancelSockRecv(
        CancelScenario scenario, Func<EventLoop, Socket, Coroutine<int>> receive)
    {
        EventLoop loop = Aio.RunningLoop;
        using var pair = new SocketPair();
        LoopTask<int> target = scenario.Target(receive(loop, pair.First));
        After(2.Milliseconds(), () => pair.Second.Send(new byte[2]));
        await End(target);
        Assert.False(loop.RemoveReader(pair.First));
        for (int left = target.IsCancelled ? 2 : 1; left > 0; left--)
        {
            Assert.Equal(1, await receive(loop, pair.First));
        }
    }

    private static async Coroutine CancelSockRecvFrom(
        CancelScenario scenario, Func<EventLoop, Socket, Coroutine<int>> receive)
    {
        EventLoop loop = Aio.RunningLoop;
        using Socket sender = BindUdp();
        using Socket receiver = BindUdp();
        LoopTask<int> target = scenario.Target(receive(loop, receiver));
        After(2.Milliseconds(), () => sender.SendTo(new byte[3], receiver.LocalEndPoint!));
        await End(target);
        Assert.Equal(3, target.IsCancelled ? await receive(loop, receiver) : target.Result);
    }

    private static async Coroutine CancelSockSend(CancelScenario scenario)
    {
        EventLoop loop = Aio.RunningLoop;
        using var pair = new SocketPair();
        int full = SocketPair.Fill(pair.First);
        LoopTask target = scenario.Target(loop.SockSendAllAsync(pair.First, new byte[10]));
        await Aio.Sleep(1.Milliseconds());
        byte[] buffer = new byte[100_000];
        int received = 0;
        while (received < full)
        {
            received += await loop.SockRecvIntoAsync(pair.Second, buffer);
        }

        await End(target);
        Assert.False(loop.RemoveWriter(pair.First));
        pair.First.Shutdown(SocketShutdown.Send);
        while (await loop.SockRecvIntoAsync(pair.Second, buffer) is var count and > 0)
        {
            received += count;
        }

        Assert.Equal(target.IsCancelled ? full : full + 10, received);
    }

    /// <summary>The position of the file tells what has arrived.</summary>
    private static async Coroutine CancelSockSendfile(CancelScenario scenario)
    {
        EventLoop loop = Aio.RunningLoop;
        using var folder = new TemporaryDirectory();
        await File.WriteAllBytesAsync(folder["f"], new byte[10_000]);
        using FileStream file = File.OpenRead(folder["f"]);
        using var pair = new SocketPair();
        int full = SocketPair.Fill(pair.First);
        LoopTask<long> target = scenario.Target(loop.SockSendfileAsync(pair.First, file));
        await Aio.Sleep(1.Milliseconds());
        byte[] buffer = new byte[100_000];
        int received = 0;
        while (received < full)
        {
            received += await loop.SockRecvIntoAsync(pair.Second, buffer);
        }

        await End(target);
        Assert.False(loop.RemoveWriter(pair.First));
        pair.First.Shutdown(SocketShutdown.Send);
        while (await loop.SockRecvIntoAsync(pair.Second, buffer) is var count and > 0)
        {
            received += count;
        }

        Assert.Equal(full + file.Position, received);
        Assert.True(target.IsCancelled || file.Position == 10_000);
    }

    /// <summary>Where the system has a datagram wait for room: on Unix sockets.</summary>
    private static async Coroutine CancelSockSendTo(CancelScenario scenario)
    {
        EventLoop loop = Aio.RunningLoop;
        using var folder = new TemporaryDirectory();
        var address = new UnixDomainSocketEndPoint(folder["r"]);
        using var receiver = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        receiver.Bind(address);
        sender.Connect(address);
        sender.Blocking = false;
        int full = 0;
        for (; sender.Send(new byte[1], SocketFlags.None, out SocketError error) == 1; full++)
        {
            Assert.Equal(SocketError.Success, error);
        }

        LoopTask<int> target = scenario.Target(loop.SockSendToAsync(sender, new byte[3], address));
        await Aio.Sleep(1.Milliseconds());
        for (; full > 0; full--)
        {
            Assert.Single((await loop.SockRecvFromAsync(receiver, 10)).Data);
        }

        await End(target);
        Assert.Equal(target.IsCancelled ? 0 : 3, receiver.Available);
    }

    private static Socket BindUdp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static Socket ListenTcp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }
}

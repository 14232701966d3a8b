using System.Net;
using System.Net.Sockets;
using Gyre.Testing;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddDatagrams(Dictionary<string, Scenario> all)
    {
        all.Add(
            "EventLoop.CreateDatagramEndpoint<TProtocol>(Func<TProtocol>, EndPoint, EndPoint, DatagramOptions)",
            async scenario => await CancelDatagrams(scenario, static make =>
                Aio.RunningLoop.CreateDatagramEndpoint(make, new DnsEndPoint("localhost", 0))),
            realTime: true);
        all.Add(
            "EventLoop.CreateDatagramEndpoint<TProtocol>(Func<TProtocol>, Socket)",
            async scenario =>
            {
                // The owner's before the call. Once that has begun, it is the library's.
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                await CancelDatagrams(scenario, make => Aio.RunningLoop.CreateDatagramEndpoint(make, socket));
            },
            realTime: true);
        all.Add(
            "Aio.OpenDatagramEndpoint(EndPoint, EndPoint, DatagramOptions, Int32)",
            async scenario =>
            {
                LoopTask<DatagramEndpoint> target = scenario.Target(
                    Aio.OpenDatagramEndpoint(new DnsEndPoint("localhost", 0)));
                await End(target);
                if (!target.IsCancelled)
                {
                    target.Result.Close();
                }
            },
            realTime: true);
        all.Add(
            "DatagramEndpoint.ReceiveAsync()",
            async scenario =>
            {
                using DatagramEndpoint receiver = await Aio.OpenDatagramEndpoint(new IPEndPoint(IPAddress.Loopback, 0));
                using DatagramEndpoint sender = await Aio.OpenDatagramEndpoint(remote: receiver.LocalEndPoint);
                LoopTask<ReceivedDatagram> target = scenario.Target(receiver.ReceiveAsync());
                After(1.Milliseconds(), () => sender.Transport.SendTo("x"u8));
                await End(target);

                // Whoever was cancelled has taken nothing.
                ReceivedDatagram datagram = target.IsCancelled ? await receiver.ReceiveAsync() : target.Result;
                Assert.Equal("x"u8, datagram.Data.Span);
            },
            realTime: true);
        all.Add(
            "DatagramEndpoint.SendAsync(ReadOnlyMemory<Byte>, EndPoint)",
            async scenario =>
            {
                // A Unix socket that nobody receives from: it is soon full, and the sender waits.
                using var directory = new TemporaryDirectory();
                var address = new UnixDomainSocketEndPoint(directory["peer"]);
                using var peer = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
                peer.Bind(address);
                using DatagramEndpoint sender = await Aio.OpenDatagramEndpoint(remote: address);
                sender.Transport.SetWriteBufferLimits(high: 0);
                while (sender.Transport.WriteBufferSize == 0)
                {
                    sender.Transport.SendTo("x"u8);
                }

                LoopTask target = scenario.Target(sender.SendAsync("last"u8.ToArray()));
                After(1.Milliseconds(), () => Drain(peer));
                await End(target);
                while (sender.Transport.WriteBufferSize > 0)
                {
                    Drain(peer);
                    await Aio.Sleep(1.Milliseconds());
                }
            },
            realTime: true);
    }

    /// <summary>Receives what is there.</summary>
    private static void Drain(Socket peer)
    {
        byte[] buffer = new byte[16];
        while (peer.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            peer.Receive(buffer);
        }
    }

    /// <summary>A protocol that was made hears of its end, and its socket is closed.</summary>
    private static async Coroutine CancelDatagrams(
        CancelScenario scenario,
        Func<Func<RecordingDatagrams>, Coroutine<(DatagramTransport Transport, RecordingDatagrams)>> open)
    {
        var made = new List<RecordingDatagrams>();
        LoopTask<(DatagramTransport Transport, RecordingDatagrams)> target = scenario.Target(open(Make));
        await End(target);
        if (!target.IsCancelled)
        {
            target.Result.Transport.Close();
        }

        while (made.Exists(protocol => protocol.Transport is not null && !protocol.IsLost))
        {
            await Aio.Sleep(1.Milliseconds());
        }

        Assert.All(made, protocol => Assert.Null(protocol.Transport?.Socket));

        RecordingDatagrams Make()
        {
            var protocol = new RecordingDatagrams();
            made.Add(protocol);
            return protocol;
        }
    }
}

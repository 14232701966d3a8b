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

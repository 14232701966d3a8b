using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>What datagram transports promise their protocols.</summary>
public sealed class DatagramTransportTests : DatagramTest
{
    /// <summary>Guarantee G-121. test_selector_events.py: SelectorDatagramTransportTests.test_read_ready,
    /// test_sendto, test_sendto_no_data.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_AnySize_ArrivesWhole(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(AnyPort, protocol: Echo());
        RecordingDatagrams client = await OpenAsync(AnyPort);
        int[] sizes = [0, 1, 1_472, 1_473, 9_000, 65_507];
        foreach (int size in sizes)
        {
            byte[] data = [.. Enumerable.Range(0, size).Select(i => (byte)i)];
            client.Transport.SendTo(data, server.Transport.LocalEndPoint);
            await Until(() => client.Received.Count > 0);
            Assert.Equal(data, client.Received[0].Data);
            Assert.Equal(server.Transport.LocalEndPoint, client.Received[0].From);
            client.Received.Clear();
        }

        Assert.Empty(client.Errors);
        await CloseAsync(client, server);
    });

    /// <summary>test_events.py: EventLoopTestsMixin.test_datagram_send_to_non_listening_address.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_NobodyListensThere_EndpointGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams first = await OpenAsync(AnyPort);
        RecordingDatagrams second = await OpenAsync(AnyPort);
        RecordingDatagrams third = await OpenAsync(Elsewhere);
        EndPoint gone = third.Transport.LocalEndPoint!;
        third.Transport.Abort();
        await Until(() => third.IsLost);
        first.Transport.SendTo("a"u8, second.Transport.LocalEndPoint);
        await Until(() => second.Received.Count == 1);
        first.Transport.SendTo("c"u8, gone);
        await Aio.Yield();
        second.Transport.SendTo("d"u8, first.Transport.LocalEndPoint);
        await Until(() => first.Received.Count == 1);
        Assert.Equal(["d"], first.Texts);
        await CloseAsync(first, second);
    });

    /// <summary>test_selector_events.py: SelectorDatagramTransportTests.test_read_ready_oserr,
    /// test_sendto_error_received, test_sendto_error_received_connected,
    /// test_fatal_error_connected.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ErrorReceived_ConnectedPeerIsGone_EndpointGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        EndPoint address;
        using (Socket gone = NewPeer(Elsewhere))
        {
            address = gone.LocalEndPoint!;
        }

        RecordingDatagrams client = await OpenAsync(remote: address);
        client.Transport.SendTo("lost"u8);
        await Until(() => client.Errors.Count == 1);
        Assert.Equal([SocketError.ConnectionRefused], client.Errors);
        Assert.False(client.Transport.IsClosing);
        using Socket back = NewPeer(address);
        client.Transport.SendTo("x"u8);
        Assert.Equal("x"u8, Take(back));
        back.SendTo("y"u8, client.Transport.LocalEndPoint!);
        await Until(() => client.Received.Count == 1);
        await CloseAsync(client);
        Assert.Null(client.Error);
        Assert.Single(client.Calls, "lost");
    });

    /// <summary>Guarantee G-123. test_selector_events.py:
    /// SelectorDatagramTransportTests.test_sendto_error_received. Errors of one datagram are not those
    /// of the endpoint.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_TooLong_ErrorReceivedAndTheNextGoesOut(PollerBackend backend) => Run(backend, async () =>
    {
        using Socket peer = NewPeer(AnyPort);
        RecordingDatagrams client = await OpenAsync(AnyPort);
        client.Transport.SendTo(new byte[70_000], peer.LocalEndPoint);
        Assert.Equal([SocketError.MessageSize], client.Errors);
        client.Transport.SendTo("x"u8, peer.LocalEndPoint);
        Assert.Equal("x"u8, Take(peer));
        await CloseAsync(client);
    });

    /// <summary>test_selector_events.py: SelectorDatagramTransportTests.test_sendto_connected_addr. The
    /// remote address may be given again, and no other.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_OtherAddressThanTheRemote_Throws(PollerBackend backend) => Run(backend, async () =>
    {
        using Socket peer = NewPeer(AnyPort);
        RecordingDatagrams client = await OpenAsync(remote: peer.LocalEndPoint);
        client.Transport.SendTo("x"u8, peer.LocalEndPoint);
        Assert.Equal("x"u8, Take(peer));
        Assert.Throws<ArgumentException>(
            () => client.Transport.SendTo("x"u8, new IPEndPoint(IPAddress.Loopback, 1)));
        RecordingDatagrams free = await OpenAsync(AnyPort);
        Assert.Throws<InvalidOperationException>(() => free.Transport.SendTo("x"u8));
        ArgumentException name = Assert.Throws<ArgumentException>(
            () => free.Transport.SendTo("x"u8, new DnsEndPoint("localhost", 9)));
        Assert.Contains("Resolve", name.Message);
        Assert.Throws<ArgumentException>(
            () => free.Transport.SendTo("x"u8, new IPEndPoint(IPAddress.IPv6Loopback, 9)));
        await CloseAsync(client, free);
    });

    /// <summary>test_selector_events.py: SelectorDatagramTransportTests.test_sendto_closing,
    /// test_sendto_exception.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_Closing_IsDroppedAndSomebodyIsWarned(PollerBackend backend) => Run(backend, async () =>
    {
        using Socket peer = NewPeer(AnyPort);
        RecordingDatagrams client = await OpenAsync(remote: peer.LocalEndPoint);
        client.Transport.Close();
        var warnings = new List<string>();
        string name = client.Transport.LocalEndPoint!.ToString()!;
        void Note(string warning)
        {
            if (warning.Contains(name, StringComparison.Ordinal))
            {
                warnings.Add(warning);
            }
        }

        RuntimeWarnings.Raised += Note;
        try
        {
            for (int i = 0; i < 6; i++)
            {
                client.Transport.SendTo("x"u8);
            }
        }
        finally
        {
            RuntimeWarnings.Raised -= Note;
        }

        Assert.Single(warnings);
        await Until(() => client.IsLost);
        Assert.Equal(0, peer.Available);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void DatagramReceived_Throws_IsReportedAndTheEndpointGoesOn(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(AnyPort, protocol: new RecordingDatagrams
        {
            OnDatagram = static (_, data, _) =>
            {
                if (data.Length == 3)
                {
                    throw new TimeZoneNotFoundException();
                }
            },
        });
        RecordingDatagrams client = await OpenAsync(AnyPort);
        client.Transport.SendTo("bad"u8, server.Transport.LocalEndPoint);
        client.Transport.SendTo("good"u8, server.Transport.LocalEndPoint);
        await Until(() => server.Received.Count == 2);
        Assert.IsType<TimeZoneNotFoundException>(Assert.Single(Reports).Exception);
        Reports.Clear();
        await CloseAsync(client, server);
        Assert.Null(server.Error);
    });

    /// <summary>Guarantee G-122. The calls of a protocol's end: once, after everything else, whoever asks for
    /// it how often.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_FromInsideADatagram_IsTheLastCall(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(AnyPort, protocol: new RecordingDatagrams
        {
            OnDatagram = static (self, _, _) =>
            {
                self.Transport.Close();
                self.Transport.Abort();
                self.Transport.Close();
            },
        });
        RecordingDatagrams client = await OpenAsync(AnyPort);
        for (int i = 0; i < 5; i++)
        {
            client.Transport.SendTo("x"u8, server.Transport.LocalEndPoint);
        }

        await Until(() => server.IsLost);
        await Aio.Sleep(2.Milliseconds());
        Assert.Equal(["made", "datagram", "lost"], server.Calls);
        Assert.Null(server.Error);
        Assert.Null(server.Transport.Socket);
        await CloseAsync(client);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void PauseReading_DatagramsArrive_ComeAfterResume(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(AnyPort);
        RecordingDatagrams client = await OpenAsync(AnyPort);
        server.Transport.PauseReading();
        Assert.False(server.Transport.IsReading);
        for (int i = 0; i < 20; i++)
        {
            client.Transport.SendTo([(byte)i], server.Transport.LocalEndPoint);
        }

        await Aio.Sleep(2.Milliseconds());
        Assert.Empty(server.Received);
        server.Transport.ResumeReading();
        await Until(() => server.Received.Count == 20);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)i), server.Received.Select(one => one.Data[0]));
        await CloseAsync(client, server);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Protocol_IsReplaced_TheNewOneIsCalled(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(AnyPort);
        RecordingDatagrams client = await OpenAsync(AnyPort);
        var second = new RecordingDatagrams();
        server.Transport.Protocol = second;
        Assert.Same(second, server.Transport.Protocol);
        client.Transport.SendTo("x"u8, server.Transport.LocalEndPoint);
        await Until(() => second.Received.Count == 1);
        Assert.Empty(server.Received);
        server.Transport.Close();
        await Until(() => second.IsLost);
        await CloseAsync(client);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void SetWriteBufferLimits_Values_AreChecked(PollerBackend backend) => Run(backend, async () =>
    {
        RecordingDatagrams endpoint = await OpenAsync(AnyPort);
        Assert.Equal((16 * 1024, 64 * 1024), endpoint.Transport.WriteBufferLimits);
        endpoint.Transport.SetWriteBufferLimits(low: 100);
        Assert.Equal((100, 400), endpoint.Transport.WriteBufferLimits);
        Assert.Throws<ArgumentOutOfRangeException>(() => endpoint.Transport.SetWriteBufferLimits(1, 2));
        await CloseAsync(endpoint);
    });

    /// <summary>Every datagram that is sent comes back once, or the sender knows: one is on its way at a time.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Echo_ManyDatagrams_NoneIsLostOrLeaked(PollerBackend backend) => Run(backend, async () =>
    {
        const int Count = 33_334;
        RecordingDatagrams server = await OpenAsync(AnyPort, protocol: null);
        var echo = new CountingEcho();
        server.Transport.Protocol = echo;
        echo.ConnectionMade(server.Transport);
        var pinger = new Pinger(Count);
        (DatagramTransport transport, _) = await EventLoop.Running.CreateDatagramEndpoint(
            () => pinger, remote: server.Transport.LocalEndPoint);
        pinger.Next();
        await Until(() => pinger.Received == Count);
        Assert.Equal(Count, echo.Received);
        Assert.Equal(0, pinger.Errors);
        Assert.Equal(0, transport.WriteBufferSize);
        transport.Close();
        server.Transport.Close();
        await Until(() => transport.Socket is null && server.Transport.Socket is null);
    });

    private sealed class CountingEcho : DatagramProtocol
    {
        private DatagramTransport? _transport;

        public int Received { get; private set; }

        public override void ConnectionMade(DatagramTransport transport) => _transport = transport;

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint from)
        {
            Received++;
            _transport!.SendTo(data, from);
        }
    }

    /// <summary>Sends numbers, each after the one before it came back.</summary>
    private sealed class Pinger(int count) : DatagramProtocol
    {
        private readonly byte[] _number = new byte[sizeof(int)];
        private DatagramTransport? _transport;

        public int Received { get; private set; }

        public int Errors { get; private set; }

        public void Next()
        {
            BitConverter.TryWriteBytes(_number, Received);
            _transport!.SendTo(_number);
        }

        public override void ConnectionMade(DatagramTransport transport) => _transport = transport;

        public override void ErrorReceived(SocketException error) => Errors++;

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint from)
        {
            Assert.Equal(Received, BitConverter.ToInt32(data));
            Received++;
            if (Received < count)
            {
                Next();
            }
        }
    }
}

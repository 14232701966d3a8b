using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>Datagrams over Unix sockets, and flow control, which only they show over loopback: a datagram of UDP finds
/// room there, or is dropped by the system.</summary>
public sealed class UnixDatagramTests : DatagramTest
{
    private const string LinuxOnly = "Only Linux has all kinds of Unix datagram sockets.";

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [MemberData(nameof(Backends))]
    public void UnixPaths_TwoEndpoints_TalkAndLeaveNoFiles(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(At("server"), protocol: Echo());
        RecordingDatagrams client = await OpenAsync(At("client"), At("server"));
        client.Transport.SendTo("x"u8);
        await Until(() => client.Received.Count == 1);
        Assert.Equal(At("client"), server.Received[0].From);
        Assert.Equal(At("server"), client.Received[0].From);
        Assert.Equal(At("server"), server.Transport.LocalEndPoint);
        await CloseAsync(client, server);
        Assert.False(File.Exists(_directory["server"]));
        Assert.False(File.Exists(_directory["client"]));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void UnixSender_BoundToNothing_HasAnEmptyPath(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(At("server"), protocol: Echo());
        RecordingDatagrams client = await OpenAsync(remote: At("server"));
        client.Transport.SendTo("x"u8);
        await Until(() => server.Received.Count == 1);
        Assert.Equal("", server.Received[0].From.ToString());

        // The answer has nowhere to go, and the endpoint goes on.
        Assert.Single(server.Errors);
        client.Transport.SendTo("y"u8);
        await Until(() => server.Received.Count == 2);
        await CloseAsync(client, server);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void AbstractNames_TwoEndpoints_Talk(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        string name = $"\0gyre-{Guid.NewGuid():N}";
        var first = new UnixDomainSocketEndPoint(name + "1");
        var second = new UnixDomainSocketEndPoint(name + "2");
        RecordingDatagrams server = await OpenAsync(first, protocol: Echo());
        RecordingDatagrams client = await OpenAsync(second);
        client.Transport.SendTo("x"u8, first);
        await Until(() => client.Received.Count == 1);
        Assert.Equal(second, server.Received[0].From);
        await CloseAsync(client, server);
    });

    /// <summary>test_base_events.py: BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_sock_unix.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_OnlyTheUnixFamily_SendsAnywhere(PollerBackend backend) =>
        RunOnLinux(backend, async () =>
    {
        RecordingDatagrams server = await OpenAsync(At("server"));
        RecordingDatagrams client = await OpenAsync(
            options: new DatagramOptions { AddressFamily = AddressFamily.Unix });
        client.Transport.SendTo("x"u8, At("server"));
        await Until(() => server.Received.Count == 1);
        await CloseAsync(client, server);
    });

    /// <summary>test_base_events.py:
    /// BaseEventLoopWithSelectorTests.test_create_datagram_endpoint_existing_sock_unix.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_StaleSocket_IsReplaced(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        // A raw descriptor's owner leaves its file behind.
        Socket left = NewPeer(At("server"));
        RecordingDatagrams endpoint = await OpenAsync(At("server"));
        Assert.True(File.Exists(_directory["server"]));
        await CloseAsync(endpoint);
        left.Dispose();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_RemoteIsNotThere_LeavesNoFile(PollerBackend backend) =>
        RunOnLinux(backend, async () =>
    {
        await Assert.ThrowsAsync<SocketException>(() => OpenAsync(At("client"), At("nobody")).AsTask());
        Assert.False(File.Exists(_directory["client"]));
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateDatagramEndpoint_OrdinaryFile_Stays(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        await File.WriteAllTextAsync(_directory["file"], "mine");
        SocketException error = await Assert.ThrowsAsync<SocketException>(() => OpenAsync(At("file")).AsTask());
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(_directory["file"]));
    });

    /// <summary>Guarantee G-120. A newcomer takes the path over, and keeps it when the one before is closed.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_PathIsSomebodyElsesByThen_FileStays(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        RecordingDatagrams first = await OpenAsync(At("server"));
        RecordingDatagrams second = await OpenAsync(At("server"));
        await CloseAsync(first);
        Assert.True(File.Exists(_directory["server"]));
        await CloseAsync(second);
        RecordingDatagrams left = await OpenAsync(
            At("server"), options: new DatagramOptions { CleanUpSocket = false });
        await CloseAsync(left);
        Assert.True(File.Exists(_directory["server"]));
    });

    /// <summary>Guarantee G-124. test_selector_events.py: SelectorDatagramTransportTests.test_sendto_buffer,
    /// test_sendto_buffer_nodata, test_sendto_tryagain, test_sendto_sendto_ready,
    /// test_sendto_sendto_ready_blocked, test_sendto_ready, test_sendto_ready_tryagain,
    /// test_sendto_ready_no_data.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_PeerIsFull_WaitsInOrderAndTellsTheProtocol(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        using Socket peer = NewPeer(At("peer"));
        RecordingDatagrams client = await OpenAsync(remote: At("peer"));
        int sent = await FillAsync(client, remote: null);
        Assert.Equal(9, client.Transport.WriteBufferSize);
        client.Transport.SetWriteBufferLimits(high: 20, low: 0);
        client.Transport.SendTo(""u8);
        Assert.Equal(17, client.Transport.WriteBufferSize);
        Assert.DoesNotContain("pause", client.Calls);
        client.Transport.SendTo("last"u8);
        Assert.Equal(29, client.Transport.WriteBufferSize);
        Assert.Equal(["made", "pause"], client.Calls);
        List<byte[]> received = await DrainAsync(peer, sent + 2);
        Assert.All(received.Take(sent), data => Assert.Equal("x"u8, data));
        Assert.Equal(""u8, received[sent]);
        Assert.Equal("last"u8, received[sent + 1]);
        await Until(() => client.Transport.WriteBufferSize == 0);
        Assert.Equal(["made", "pause", "resume"], client.Calls);
        await CloseAsync(client);
    });

    /// <summary>The system does not tell when a peer has room that the socket is not connected to.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SendTo_PeerOfAnUnconnectedEndpointIsFull_IsTriedAgain(PollerBackend backend) =>
        RunOnLinux(backend, async () =>
    {
        using Socket peer = NewPeer(At("peer"));
        RecordingDatagrams client = await OpenAsync(At("client"));
        int sent = await FillAsync(client, At("peer"));
        client.Transport.SendTo("last"u8, At("peer"));
        List<byte[]> received = await DrainAsync(peer, sent + 1);
        Assert.Equal("last"u8, received[^1]);
        Assert.Empty(client.Errors);
        await CloseAsync(client);
    });

    /// <summary>test_selector_events.py: SelectorDatagramTransportTests.test_sendto_ready_closing.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_DatagramsAreUnsent_SendsThemFirst(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        using Socket peer = NewPeer(At("peer"));
        RecordingDatagrams client = await OpenAsync(At("client"), At("peer"));
        int sent = await FillAsync(client, remote: null);
        client.Transport.SendTo("last"u8);
        client.Transport.Close();
        Assert.True(client.Transport.IsClosing);

        // Input has stopped at once.
        peer.SendTo("late"u8, At("client"));
        await Aio.Sleep(2.Milliseconds());
        Assert.False(client.IsLost);
        List<byte[]> received = await DrainAsync(peer, sent + 1);
        Assert.Equal("last"u8, received[^1]);
        await Until(() => client.IsLost);
        Assert.Equal(["made", "lost"], client.Calls);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Abort_DatagramsAreUnsent_DropsThem(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        using Socket peer = NewPeer(At("peer"));
        RecordingDatagrams client = await OpenAsync(remote: At("peer"));
        int sent = await FillAsync(client, remote: null);
        client.Transport.SendTo("dropped"u8);
        client.Transport.Abort();
        Assert.Equal(0, client.Transport.WriteBufferSize);
        await Until(() => client.IsLost);
        Assert.Null(client.Error);
        for (int i = 0; i < sent - 1; i++)
        {
            Assert.Equal("x"u8, Take(peer));
        }

        peer.Blocking = false;
        Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(() => Take(peer)).SocketErrorCode);
    });

    /// <summary>test_selector_events.py: SelectorDatagramTransportTests.test_sendto_ready_error_received,
    /// test_sendto_ready_error_received_connection.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ErrorReceived_PeerGoesWhileDatagramsWait_EachIsReported(PollerBackend backend) =>
        RunOnLinux(backend, async () =>
    {
        Socket peer = NewPeer(At("peer"));
        RecordingDatagrams client = await OpenAsync(remote: At("peer"));
        await FillAsync(client, remote: null);
        client.Transport.SendTo("second"u8);
        peer.Dispose();
        await Until(() => client.Errors.Count >= 2);
        Assert.Equal(0, client.Transport.WriteBufferSize);
        Assert.False(client.Transport.IsClosing);
        await CloseAsync(client);
        Assert.Null(client.Error);
    });

    /// <summary>What a protocol sends from inside <c>ErrorReceived</c> comes behind what waits.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ErrorReceived_SendsMore_IsSentInOrder(PollerBackend backend) => RunOnLinux(backend, async () =>
    {
        using Socket peer = NewPeer(At("peer"));
        RecordingDatagrams client = await OpenAsync(
            At("client"),
            protocol: new RecordingDatagrams
            {
                OnError = self => self.Transport.SendTo("again"u8, At("peer")),
            });
        int sent = await FillAsync(client, At("peer"));
        client.Transport.SendTo("lost"u8, At("nobody"));
        client.Transport.SendTo("behind"u8, At("peer"));
        List<byte[]> received = await DrainAsync(peer, sent + 2);
        Assert.Equal("behind"u8, received[sent]);
        Assert.Equal("again"u8, received[sent + 1]);
        Assert.Single(client.Errors);
        await CloseAsync(client);
    });

    /// <summary>The next try is not made any more: it would tell the protocol to go on, behind its last call.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Abort_PeerOfAnUnconnectedEndpointIsFull_NothingComesBehindTheLoss(PollerBackend backend) =>
        RunOnLinux(backend, async () =>
    {
        using Socket peer = NewPeer(At("peer"));
        RecordingDatagrams client = await OpenAsync(At("client"));
        await FillAsync(client, At("peer"));
        client.Transport.SetWriteBufferLimits(high: 0);
        await Aio.Sleep(3.Milliseconds());
        client.Transport.Abort();
        await Until(() => client.IsLost);
        await Aio.Sleep(5.Milliseconds());
        Assert.Equal(["made", "pause", "lost"], client.Calls);
    });

    private UnixDomainSocketEndPoint At(string name) => new(_directory[name]);

    private void RunOnLinux(PollerBackend backend, Func<Coroutine> body)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), LinuxOnly);
        using (_directory)
        {
            Run(backend, body);
        }
    }

    /// <summary>Sends single letters until the system takes no more.</summary>
    /// <returns>How many, with the one that waits.</returns>
    private static async Coroutine<int> FillAsync(RecordingDatagrams client, EndPoint? remote)
    {
        int sent = 0;
        while (client.Transport.WriteBufferSize == 0)
        {
            client.Transport.SendTo("x"u8, remote);
            Assert.True(++sent < 100_000, "The system takes any number of datagrams that nobody receives.");
        }

        // The wait for room is under way now.
        await Aio.Yield();
        await Aio.Yield();
        return sent;
    }

    /// <summary>Receives so many datagrams, while the loop goes on.</summary>
    private static async Coroutine<List<byte[]>> DrainAsync(Socket peer, int count)
    {
        List<byte[]> received = [];
        byte[] buffer = new byte[1_000];
        peer.Blocking = false;
        while (received.Count < count)
        {
            if (peer.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                received.Add(buffer[..peer.Receive(buffer)]);
            }
            else
            {
                await Aio.Sleep(1.Milliseconds());
            }
        }

        return received;
    }

    /// <summary>A protocol that sends again what cannot be sent went deeper into the stack with each try.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void ErrorReceived_SendsTheSameAgain_DoesNotUseUpTheStack(PollerBackend backend) =>
        RunOnLinux(backend, async () =>
    {
        const int Tries = 20_000;
        RecordingDatagrams client = await OpenAsync(
            At("client"),
            protocol: new RecordingDatagrams
            {
                OnError = self =>
                {
                    if (self.Errors.Count < Tries)
                    {
                        self.Transport.SendTo("x"u8, At("nobody"));
                    }
                },
            });
        client.Transport.SendTo("x"u8, At("nobody"));
        await Until(() => client.Errors.Count == Tries);
        Assert.Equal(0, client.Transport.WriteBufferSize);
        await CloseAsync(client);
    });
}

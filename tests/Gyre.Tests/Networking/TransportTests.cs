using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gyre.Polling;
using Pair = Gyre.Tests.Networking.ProtocolPair<
    Gyre.Tests.Networking.RecordingProtocol, Gyre.Tests.Networking.RecordingProtocol>;

namespace Gyre.Tests.Networking;

public partial class TransportTests : NetworkTest
{
    /// <summary>CPython: EventLoopTestsMixin.test_create_connection, test_create_server,
    /// SelectorTransportTests.test_close, SelectorSocketTransportTests.test_ctor, test_ctor_with_waiter,
    /// test_read_ready, test_read_ready_eof, test_write. Guarantee G-100.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Connection_EchoAndClose_CallsEachProtocolInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol(), new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) });
        pair.ClientTransport.Write("hello"u8);
        await Until(() => pair.Client.Received.Length == 5);
        pair.ClientTransport.Close();
        Assert.True(pair.ClientTransport.IsClosing);
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        await pair.CloseAsync();

        Assert.Equal("hello"u8, pair.Client.Received);
        Assert.Equal(["made", "data", "lost"], pair.Client.Calls);
        Assert.Equal(["made", "data", "eof", "lost"], pair.Server.Calls);
        Assert.Null(pair.Client.Error);
        Assert.Null(pair.Server.Error);
    });

    /// <summary>CPython: TestSelectorUtils.test_set_nodelay, EventLoopTestsMixin.test_create_connection,
    /// test_create_server.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void EndPoints_OfBothEnds_Mirror(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        Assert.Equal(pair.ClientTransport.LocalEndPoint, pair.Server.Transport.RemoteEndPoint);
        Assert.Equal(pair.ClientTransport.RemoteEndPoint, pair.Server.Transport.LocalEndPoint);
        Assert.Equal(pair.Listener.EndPoints[0], pair.ClientTransport.RemoteEndPoint);
        Assert.True(pair.ClientTransport.Socket!.NoDelay);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorSocketTransportTests.test_write_partial, test_write_tryagain,
    /// test_write_buffer, test_write_sendmsg_full, test_write_sendmsg_partial, test_write_sendmsg_half_buffer, test_write_ready,
    /// test_write_ready_partial, test_write_ready_tryagain. Guarantees G-100, G-103.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_MoreThanTheSystemTakes_PausesOnceAndResumesOnce(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.PauseReading();
        byte[] block = RandomNumberGenerator.GetBytes(1_000_000);
        var sent = new List<byte>();
        while (!pair.Client.Calls.Contains("pause"))
        {
            pair.ClientTransport.Write(block);
            sent.AddRange(block);
            await Aio.Yield();
        }

        Assert.InRange(pair.ClientTransport.WriteBufferSize, (64 * 1024) + 1, (64 * 1024) + block.Length);
        Assert.Equal(["made", "pause"], pair.Client.Calls);

        // Nothing overtakes what is unsent.
        long unsent = pair.ClientTransport.WriteBufferSize;
        pair.ClientTransport.Write("behind"u8);
        sent.AddRange("behind"u8);
        Assert.Equal(unsent + 6, pair.ClientTransport.WriteBufferSize);
        pair.Server.Transport.ResumeReading();
        await Until(() => pair.Server.Received.Length == sent.Count);
        Assert.Equal(["made", "pause", "resume"], pair.Client.Calls);
        Assert.Equal(0, pair.ClientTransport.WriteBufferSize);
        Assert.Equal(SHA256.HashData([.. sent]), SHA256.HashData(pair.Server.Received));
        await pair.CloseAsync();
    });

    /// <summary>Guarantee G-103.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WriteBufferLimits_HighZero_PausesWhileAnythingIsUnsent(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.ClientTransport.SetWriteBufferLimits(high: 0);
        Assert.Equal((0, 0), pair.ClientTransport.WriteBufferLimits);
        pair.ClientTransport.Write("small"u8);
        await Until(() => pair.Server.Received.Length == 5);
        pair.Server.Transport.PauseReading();
        while (pair.ClientTransport.WriteBufferSize == 0)
        {
            pair.ClientTransport.Write(new byte[100_000]);
        }

        Assert.Equal("pause", pair.Client.Calls[^1]);
        pair.Server.Transport.ResumeReading();
        await Until(() => pair.Client.Calls[^1] == "resume");
        Assert.Equal(0, pair.ClientTransport.WriteBufferSize);
        await pair.CloseAsync();
    });

    /// <summary>CPython: TransportTests.test_flowcontrol_mixin_set_write_limits.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SetWriteBufferLimits_DefaultsAndMisuse_AreAsInAsyncio(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        Transport transport = pair.ClientTransport;
        Assert.Equal((16 * 1024, 64 * 1024), transport.WriteBufferLimits);
        transport.SetWriteBufferLimits(high: 1000);
        Assert.Equal((250, 1000), transport.WriteBufferLimits);
        transport.SetWriteBufferLimits(low: 100);
        Assert.Equal((100, 400), transport.WriteBufferLimits);
        transport.SetWriteBufferLimits(high: 7, low: 7);
        Assert.Equal((7, 7), transport.WriteBufferLimits);
        Assert.Throws<ArgumentOutOfRangeException>(() => transport.SetWriteBufferLimits(high: 1, low: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => transport.SetWriteBufferLimits(high: 1, low: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => transport.SetWriteBufferLimits(high: -1));
        Assert.Equal((7, 7), transport.WriteBufferLimits);
        transport.SetWriteBufferLimits();
        Assert.Equal((16 * 1024, 64 * 1024), transport.WriteBufferLimits);
        await pair.CloseAsync();
    });

    /// <summary>CPython: TransportTests.test_writelines, SelectorSocketTransportTests.test_write_buffer,
    /// test_writelines_sendmsg_full, test_writelines_send_full. Guarantee G-102.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WriteLines_ManyPieces_ArriveInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        byte[][] pieces = [.. Enumerable.Range(0, 500).Select(i => RandomNumberGenerator.GetBytes(i * 13 % 3_000))];
        pair.ClientTransport.Write("first"u8);
        pair.ClientTransport.WriteLines(pieces.Select(piece => (ReadOnlyMemory<byte>)piece));
        pair.ClientTransport.Write("last"u8);
        byte[] expected = [.. "first"u8, .. pieces.SelectMany(piece => piece), .. "last"u8];
        await Until(() => pair.Server.Received.Length == expected.Length);
        Assert.Equal(expected, pair.Server.Received);

        // What came before an error of the caller's enumeration is sent.
        Assert.Throws<FormatException>(() => pair.ClientTransport.WriteLines(Broken()));
        await Until(() => pair.Server.Received.Length == expected.Length + 3);
        await pair.CloseAsync();

        static IEnumerable<ReadOnlyMemory<byte>> Broken()
        {
            yield return "abc"u8.ToArray();
            throw new FormatException();
        }
    });

    /// <summary>CPython: SelectorSocketTransportTests.test_read_ready_eof_keep_open, test_write_eof,
    /// test_write_eof_buffer. Guarantee G-104.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WriteEof_ThenThePeerWrites_BothDirectionsAreDelivered(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol { KeepOpen = true },
            new RecordingProtocol
            {
                KeepOpen = true,
                OnEof = self =>
                {
                    self.Transport.Write(Encoding.ASCII.GetBytes($"got {self.Received.Length}"));
                    self.Transport.WriteEof();
                },
            });
        byte[] sent = new byte[10_000_000];
        pair.ClientTransport.Write(sent);
        pair.ClientTransport.WriteEof();
        pair.ClientTransport.WriteEof();
        Assert.Throws<InvalidOperationException>(() => pair.ClientTransport.Write("x"u8));
        await Until(() => pair.Client.Calls.Contains("eof"));
        Assert.Equal("got 10000000"u8, pair.Client.Received);

        // Both directions have ended; the connection stays until somebody closes it.
        Assert.False(pair.Client.IsLost || pair.Server.IsLost);
        pair.ClientTransport.Close();
        pair.Server.Transport.Close();
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.Null(pair.Client.Error);
        Assert.Null(pair.Server.Error);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorTransportTests.test_close_write_buffer,
    /// SelectorSocketTransportTests.test_write_closing, test_write_ready_closing. Guarantee G-102.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_WithUnsentBytes_SendsThemFirst(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.PauseReading();
        byte[] sent = RandomNumberGenerator.GetBytes(20_000_000);
        pair.ClientTransport.Write(sent);
        pair.ClientTransport.Close();
        pair.ClientTransport.Write("dropped"u8);
        await Aio.Sleep(10.Milliseconds());
        Assert.False(pair.Client.IsLost);
        pair.Server.Transport.ResumeReading();
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(pair.Server.Received));
        Assert.Null(pair.Client.Error);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorTransportTests.test_abort, test_force_close.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Abort_WithUnsentBytes_ResetsAndDropsThem(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.PauseReading();
        pair.ClientTransport.Write(new byte[20_000_000]);
        pair.ClientTransport.Abort();
        pair.ClientTransport.Abort();
        pair.ClientTransport.Close();
        Assert.Equal(0, pair.ClientTransport.WriteBufferSize);
        Assert.False(pair.Client.IsLost);
        await Until(() => pair.Client.IsLost);
        Assert.Null(pair.Client.Error);
        pair.Server.Transport.ResumeReading();
        await Until(() => pair.Server.IsLost);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(pair.Server.Error).SocketErrorCode);
        Assert.Equal("lost", pair.Server.Calls[^1]);
        Assert.Single(pair.Server.Calls, "lost");
        Assert.Single(pair.Client.Calls, "lost");
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorTransportTests.test_fatal_error, test_connection_lost,
    /// SelectorSocketTransportTests.test_write_sendmsg_OSError, test_write_exception,
    /// test_write_ready_exception.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PeerResets_WhileWriting_IsLostOnceWithTheReason(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.ClientTransport.PauseReading();
        pair.Server.Transport.PauseReading();
        pair.ClientTransport.Write(new byte[20_000_000]);
        pair.Server.Transport.Abort();
        await Until(() => pair.Client.IsLost);
        Assert.IsType<SocketException>(pair.Client.Error);
        Assert.Single(pair.Client.Calls, "lost");
        Assert.Equal(0, pair.ClientTransport.WriteBufferSize);
        await pair.CloseAsync();
    });
}

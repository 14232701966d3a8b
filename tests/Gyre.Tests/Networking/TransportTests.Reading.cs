using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gyre.Polling;
using Pair = Gyre.Tests.Networking.ProtocolPair<
    Gyre.Tests.Networking.RecordingProtocol, Gyre.Tests.Networking.RecordingProtocol>;

namespace Gyre.Tests.Networking;

public partial class TransportTests
{
    /// <summary>CPython: SelectorSocketTransportTests.test_pause_resume_reading.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PauseReading_WhileThePeerWrites_NothingArrivesUntilResume(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        Assert.True(pair.Server.Transport.IsReading);
        pair.Server.Transport.PauseReading();
        pair.Server.Transport.PauseReading();
        Assert.False(pair.Server.Transport.IsReading);
        pair.ClientTransport.Write("abc"u8);
        await Aio.Sleep(10.Milliseconds());
        Assert.Empty(pair.Server.Received);
        pair.Server.Transport.ResumeReading();
        pair.Server.Transport.ResumeReading();
        Assert.True(pair.Server.Transport.IsReading);
        await Until(() => pair.Server.Received.Length == 3);
        await pair.CloseAsync();
    });

    /// <summary>Guarantee G-102.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PauseReading_FromInsideDataReceived_HoldsTheRest(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol(), new RecordingProtocol { OnData = (self, _) => self.Transport.PauseReading() });
        byte[] sent = RandomNumberGenerator.GetBytes(3_000_000);
        pair.ClientTransport.Write(sent);
        while (pair.Server.Received.Length < sent.Length)
        {
            int before = pair.Server.Received.Length;
            await Aio.Sleep(1.Milliseconds());
            pair.Server.Transport.ResumeReading();
            await Until(() => pair.Server.Received.Length > before);
        }

        Assert.Equal(sent, pair.Server.Received);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorTransportTests.test_fatal_error_custom_exception,
    /// SelectorSocketTransportTests.test_data_received_error.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void DataReceived_Throws_IsReportedAndResetsTheConnection(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol(), new RecordingProtocol { OnData = (_, _) => throw new FormatException("bad") });
        pair.ClientTransport.Write("x"u8);
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.Equal(["made", "data", "lost"], pair.Server.Calls);
        Assert.IsType<FormatException>(pair.Server.Error);
        Assert.IsType<SocketException>(pair.Client.Error);
        ExceptionContext report = Assert.Single(Reports);
        Assert.Contains("DataReceived", report.Message, StringComparison.Ordinal);
        Assert.Same(pair.Server.Error, report.Exception);
        Reports.Clear();
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorSocketTransportTests.test_read_eof_received_error,
    /// SelectorSocketTransportBufferedProtocolTests.test_read_eof_received_error.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void OtherCallbacks_Throw_AreReportedAndLoseNothing(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol(),
            new RecordingProtocol
            {
                OnMade = _ => throw new FormatException("made"),
                OnEof = _ => throw new FormatException("eof"),
                OnLost = _ => throw new FormatException("lost"),
            });
        pair.ClientTransport.Write("x"u8);
        await Until(() => pair.Server.Received.Length == 1);
        pair.ClientTransport.Close();
        await Until(() => pair.Server.IsLost && pair.Listener.ClientCount == 0);
        Assert.Equal(["made", "eof", "lost"], Reports.Select(report => report.Exception!.Message));
        Reports.Clear();
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorTransportTests.test__add_reader.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_InConnectionMade_NeverReceives(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol { OnMade = self => self.Transport.Write("x"u8) },
            new RecordingProtocol { OnMade = self => self.Transport.Close() });
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.Equal(["made", "lost"], pair.Server.Calls);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorSocketTransportTests.test_write_exception.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_AfterTheLoss_IsDroppedAndWarnsOnce(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.ClientTransport.Close();
        await Until(() => pair.Client.IsLost);
        var warnings = new List<string>();
        string name = pair.ClientTransport.ToString()!;
        Action<string> note = warning =>
        {
            if (warning.Contains(name, StringComparison.Ordinal))
            {
                warnings.Add(warning);
            }
        };
        RuntimeWarnings.Raised += note;
        for (int i = 0; i < 20; i++)
        {
            pair.ClientTransport.Write("x"u8);
        }

        RuntimeWarnings.Raised -= note;
        Assert.Single(warnings);
        await pair.CloseAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void ResumeWriting_WritesAndCloses_EverythingIsSent(PollerBackend backend) => Run(backend, async () =>
    {
        int left = 3;
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol
            {
                OnResume = self =>
                {
                    if (left-- > 0)
                    {
                        self.Transport.Write(new byte[5_000_000]);
                    }
                    else
                    {
                        self.Transport.Close();
                    }
                },
            },
            new RecordingProtocol());
        pair.ClientTransport.Write(new byte[20_000_000]);
        await Until(() => pair.Client.IsLost && pair.Server.IsLost);
        Assert.Equal(35_000_000, pair.Server.Received.Length);
        Assert.Equal(
            ["made", "pause", "resume", "pause", "resume", "pause", "resume", "pause", "resume", "lost"],
            pair.Client.Calls);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorSocketTransportBufferedProtocolTests.test_proto_type_switch.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Protocol_Replaced_TheNewOneGetsTheRest(PollerBackend backend) => Run(backend, async () =>
    {
        var second = new BufferedRecorder(bufferSize: 7);
        var third = new RecordingProtocol();
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol(),
            new RecordingProtocol { OnData = (self, _) => self.Transport.Protocol = second });
        pair.ClientTransport.Write("one"u8);
        await Until(() => pair.Server.Received.Length == 3);
        pair.ClientTransport.Write("two two two two"u8);
        await Until(() => second.Received.Length == 15);
        Transport transport = pair.Server.Transport;
        Assert.Same(second, transport.Protocol);
        third.ConnectionMade(transport);
        transport.Protocol = third;
        pair.ClientTransport.Write("three"u8);
        await Until(() => third.Received.Length == 5);
        pair.ClientTransport.Close();
        await Until(() => third.IsLost);
        Assert.Equal("one"u8, pair.Server.Received);
        Assert.Equal("two two two two"u8, second.Received);
        Assert.False(pair.Server.IsLost);
        await pair.CloseAsync();
    });

    /// <summary>Guarantee G-142: two protocols of a loop give the same memory.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void BufferedProtocol_OneBufferForSeveral_EachFindsItsOwnBytes(PollerBackend backend) => Run(backend, async () =>
    {
        byte[] shared = new byte[1000];
        var pairs = new List<ProtocolPair<RecordingProtocol, BufferedRecorder>>();
        for (int i = 0; i < 4; i++)
        {
            pairs.Add(await ProtocolPair<RecordingProtocol, BufferedRecorder>.OpenAsync(
                new RecordingProtocol(), new BufferedRecorder(shared)));
        }

        byte[][] sent = [.. pairs.Select(_ => RandomNumberGenerator.GetBytes(100_000))];
        for (int i = 0; i < pairs.Count; i++)
        {
            pairs[i].ClientTransport.Write(sent[i]);
        }

        await Until(() => pairs.TrueForAll(pair => pair.Server.Received.Length == 100_000));
        for (int i = 0; i < pairs.Count; i++)
        {
            Assert.Equal(sent[i], pairs[i].Server.Received);
            await pairs[i].CloseAsync();
        }
    });

    /// <summary>CPython: BaseTestBufferedProtocol.test_buffered_proto_create_connection,
    /// SelectorSocketTransportBufferedProtocolTests.test_ctor, test_read_ready.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void BufferedProtocol_AnyBufferSize_GetsEveryByte(PollerBackend backend) => Run(backend, async () =>
    {
        foreach (int size in new[] { 1, 100, 1_000_000 })
        {
            byte[] sent = RandomNumberGenerator.GetBytes(size * 10 % 999_999);
            var pair = await ProtocolPair<RecordingProtocol, BufferedRecorder>.OpenAsync(
                new RecordingProtocol(), new BufferedRecorder(size));
            pair.ClientTransport.Write(sent);
            await Until(() => pair.Server.Received.Length == sent.Length);
            Assert.Equal(sent, pair.Server.Received);
            await pair.CloseAsync();
        }
    });

    /// <summary>CPython: SelectorSocketTransportBufferedProtocolTests.test_get_buffer_zerosized.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void BufferedProtocol_EmptyBuffer_IsReportedAndResets(PollerBackend backend) => Run(backend, async () =>
    {
        var pair = await ProtocolPair<RecordingProtocol, BufferedRecorder>.OpenAsync(
            new RecordingProtocol(), new BufferedRecorder(bufferSize: 0));
        pair.ClientTransport.Write("x"u8);
        await Until(() => pair.Client.IsLost && pair.Listener.ClientCount == 0);
        Assert.IsType<SocketException>(pair.Client.Error);
        Assert.Contains("empty buffer", Assert.Single(Reports).Exception!.Message, StringComparison.Ordinal);
        Reports.Clear();
        await pair.CloseAsync();
    });

    [Fact]
    public void BufferedProtocol_FedWithAnothersBytes_CopiesThem()
    {
        var protocol = new BufferedRecorder(bufferSize: 3);
        protocol.DataReceived("abcdefgh"u8);
        Assert.Equal("abcdefgh"u8, protocol.Received);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Callbacks_OfAConnection_RunInTheContextInWhichItWasMade(PollerBackend backend) => Run(backend, async () =>
    {
        var place = new AsyncLocal<string>();
        var seen = new List<string?>();
        place.Value = "made here";
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol { OnData = (_, _) => seen.Add(place.Value), OnLost = _ => seen.Add(place.Value) },
            new RecordingProtocol { OnData = (_, _) => seen.Add(place.Value), OnLost = _ => seen.Add(place.Value) });
        place.Value = "somewhere else";
        pair.ClientTransport.Write("x"u8);
        pair.Server.Transport.Write("x"u8);
        await Until(() => seen.Count == 2);
        pair.ClientTransport.Close();
        await Until(() => seen.Count == 4);
        Assert.All(seen, value => Assert.Equal("made here", value));
        await pair.CloseAsync();
    });

    /// <summary>CPython: BaseSelectorEventLoopTests.test_make_socket_transport,
    /// SelectorTransportTests.test_close, test_connection_lost, test__add_reader,
    /// SelectorSocketTransportTests.test_write_eof_after_close.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Members_OfAConnectionThatIsOver_AreHarmless(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        EndPoint? local = pair.ClientTransport.LocalEndPoint;
        pair.ClientTransport.Close();
        await Until(() => pair.Client.IsLost);
        await Aio.Yield();
        pair.ClientTransport.PauseReading();
        pair.ClientTransport.ResumeReading();
        pair.ClientTransport.WriteEof();
        pair.ClientTransport.WriteLines([]);
        pair.ClientTransport.Abort();
        Assert.Null(pair.ClientTransport.Socket);
        Assert.False(pair.ClientTransport.IsReading);
        Assert.Equal(local, pair.ClientTransport.LocalEndPoint);
        Assert.Contains("Lost", pair.ClientTransport.ToString(), StringComparison.Ordinal);
        await Aio.Sleep(1.Milliseconds());
        Assert.Single(pair.Client.Calls, "lost");
        await pair.CloseAsync();
    });
}

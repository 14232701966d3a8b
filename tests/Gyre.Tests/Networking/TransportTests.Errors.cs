using System.Net.Sockets;
using Gyre.Polling;
using Pair = Gyre.Tests.Networking.ProtocolPair<
    Gyre.Tests.Networking.RecordingProtocol, Gyre.Tests.Networking.RecordingProtocol>;

namespace Gyre.Tests.Networking;

public partial class TransportTests
{
    /// <summary>CPython: SelectorSocketTransportBufferedProtocolTests.test_get_buffer_error,
    /// test_buffer_updated_error.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void BufferedProtocol_Throws_IsReportedAndResetsTheConnection(PollerBackend backend) => Run(backend, async () =>
    {
        foreach (string member in new[] { "GetBuffer", "BufferUpdated" })
        {
            var server = new FailingBuffered(member);
            var pair = await ProtocolPair<RecordingProtocol, FailingBuffered>.OpenAsync(new RecordingProtocol(), server);
            pair.ClientTransport.Write("x"u8);
            await Until(() => pair.Client.IsLost && server.Lost > 0);
            Assert.IsType<SocketException>(pair.Client.Error);
            Assert.Equal(1, server.Lost);
            Assert.Equal(member, Assert.Single(Reports).Exception!.Message);
            Assert.Same(Reports[0].Exception, server.Error);
            Reports.Clear();
            await pair.CloseAsync();
        }
    });

    /// <summary>CPython: SelectorSocketTransportBufferedProtocolTests.test_read_ready_eof,
    /// test_read_ready_eof_keep_open.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void BufferedProtocol_EndOfInput_ClosesUnlessItKeepsOpen(PollerBackend backend) => Run(backend, async () =>
    {
        foreach (bool keepOpen in new[] { false, true })
        {
            var server = new FailingBuffered("") { KeepOpen = keepOpen };
            var pair = await ProtocolPair<RecordingProtocol, FailingBuffered>.OpenAsync(
                new RecordingProtocol { KeepOpen = true }, server);
            pair.ClientTransport.WriteEof();
            await Until(() => server.Ends == 1);
            if (keepOpen)
            {
                server.Transport!.Write("still open"u8);
                await Until(() => pair.Client.Received.Length == 10);
                Assert.Equal(0, server.Lost);
                server.Transport.Close();
            }

            await Until(() => server.Lost == 1);
            Assert.Null(server.Error);
            await pair.CloseAsync();
        }
    });

    /// <summary>CPython: SelectorSocketTransportTests.test_pause_reading_connection_made.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void PauseReading_InConnectionMade_HoldsEverything(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(
            new RecordingProtocol { OnMade = self => self.Transport.Write("early"u8) },
            new RecordingProtocol { OnMade = self => self.Transport.PauseReading() });
        await Aio.Sleep(10.Milliseconds());
        Assert.Equal(["made"], pair.Server.Calls);
        Assert.False(pair.Server.Transport.IsReading);
        pair.Server.Transport.ResumeReading();
        Assert.True(pair.Server.Transport.IsReading);
        await Until(() => pair.Server.Received.Length == 5);
        pair.Server.Transport.Close();
        Assert.False(pair.Server.Transport.IsReading);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorSocketTransportTests.test_write_no_data, test_write_sendmsg_no_data.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_OfNothing_ChangesNothing(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.ClientTransport.Write([]);
        Assert.Equal(0, pair.ClientTransport.WriteBufferSize);
        pair.Server.Transport.PauseReading();
        pair.ClientTransport.Write(new byte[20_000_000]);
        long unsent = pair.ClientTransport.WriteBufferSize;
        Assert.NotEqual(0, unsent);
        pair.ClientTransport.Write([]);
        pair.ClientTransport.WriteLines([]);
        Assert.Equal(unsent, pair.ClientTransport.WriteBufferSize);
        await pair.CloseAsync();
    });

    /// <summary>CPython: SelectorSocketTransportTests.test_writelines_pauses_protocol,
    /// test_writelines_after_connection_lost.</summary>
    /// <remarks>CPython: SelectorSocketTransportTests.test_writelines_sendmsg_partial,
    /// test_writelines_send_partial.</remarks>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WriteLines_MoreThanTheMark_PausesAndAfterTheLossDropsThem(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.PauseReading();
        pair.ClientTransport.WriteLines([new byte[10_000_000], new byte[10_000_000]]);
        Assert.Equal(["made", "pause"], pair.Client.Calls);
        Assert.NotEqual(0, pair.ClientTransport.WriteBufferSize);
        pair.Server.Transport.Abort();
        await Until(() => pair.Client.IsLost);
        pair.ClientTransport.WriteLines(["data2"u8.ToArray()]);
        Assert.Equal(0, pair.ClientTransport.WriteBufferSize);
        await pair.CloseAsync();
    });

    /// <summary>CPython: TransportTests.test_flowcontrol_mixin_set_write_limits of test_transports.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void SetWriteBufferLimits_BelowWhatIsUnsent_PausesAtOnce(PollerBackend backend) => Run(backend, async () =>
    {
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.PauseReading();
        pair.ClientTransport.SetWriteBufferLimits(high: 100_000_000);
        pair.ClientTransport.Write(new byte[20_000_000]);
        Assert.Equal(["made"], pair.Client.Calls);
        pair.ClientTransport.SetWriteBufferLimits(high: 256, low: 128);
        Assert.Equal(["made", "pause"], pair.Client.Calls);
        pair.Server.Transport.ResumeReading();
        await Until(() => pair.Client.Calls[^1] == "resume");
        Assert.InRange(pair.ClientTransport.WriteBufferSize, 0, 128);
        await pair.CloseAsync();
    });

    /// <summary>A buffered protocol one of whose members throws.</summary>
    private sealed class FailingBuffered(string member) : BufferedProtocol
    {
        public bool KeepOpen { get; init; }

        public Transport? Transport { get; private set; }

        public int Ends { get; private set; }

        public int Lost { get; private set; }

        public Exception? Error { get; private set; }

        public override void ConnectionMade(Transport transport) => Transport = transport;

        public override Memory<byte> GetBuffer(int sizeHint) =>
            member == "GetBuffer" ? throw new FormatException(member) : new byte[10];

        public override void BufferUpdated(int count)
        {
            if (member == "BufferUpdated")
            {
                throw new FormatException(member);
            }
        }

        public override bool EofReceived()
        {
            Ends++;
            return KeepOpen;
        }

        public override void ConnectionLost(Exception? error)
        {
            Lost++;
            Error = error;
        }
    }

    /// <summary>What came behind went out on a connection that was lost, and one that was to be closed stayed
    /// open.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void WriteLines_EnumerationAbortsOrCloses_SendsNothingMore(PollerBackend backend) => Run(backend, async () =>
    {
        foreach (Action<Transport> end in new Action<Transport>[]
        {
            static transport => transport.Abort(),
            static transport => transport.Close(),
            static transport => transport.WriteEof(),
        })
        {
            Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
            pair.ClientTransport.WriteLines(Pieces(pair.ClientTransport, end));
            Assert.Equal(0, pair.ClientTransport.WriteBufferSize);
            await Until(() => pair.Client.IsLost && pair.Server.IsLost);
            Assert.Null(pair.Client.Error);
            Assert.DoesNotContain((byte)'b', pair.Server.Received);
            await pair.Listener.DisposeAsync();
        }
    });

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(Transport transport, Action<Transport> end)
    {
        yield return "a"u8.ToArray();
        end(transport);
        yield return "b"u8.ToArray();
    }

    /// <summary>The system may still read what it was given when the connection is lost. Used again at once, it would carry
    /// somebody else's bytes to this peer.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Abort_WhileSending_MemoryIsNotUsedAgain(PollerBackend backend) => Run(backend, async () =>
    {
        const byte Mark = 0xa7;
        Pair pair = await Pair.OpenAsync(new RecordingProtocol(), new RecordingProtocol());
        pair.Server.Transport.PauseReading();
        byte[] data = new byte[16 * 1024];
        Array.Fill(data, Mark);
        while (pair.ClientTransport.WriteBufferSize == 0)
        {
            pair.ClientTransport.Write(data);
        }

        Assert.InRange(pair.ClientTransport.WriteBufferSize, 1, Segment.Size);
        int unsent = (int)pair.ClientTransport.WriteBufferSize;
        pair.ClientTransport.Abort();
        Segment next = SegmentPool.Of(EventLoop.Running).Rent();
        Assert.True(next.Array.AsSpan(0, unsent).ContainsAnyExcept(Mark));
        await pair.CloseAsync();
    });
}

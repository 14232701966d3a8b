using System.Net;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>Steady traffic allocates nothing for each message, whichever way the server is written.</summary>
[Collection(nameof(SequentialCollection))]
public class EchoAllocationTests
{
    private const int MessagesOfRound = 500;
    private const int MessageLength = 1024;

    // How long the runtime may take to optimise the code. It ends a test that fails, and no other.
    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromMinutes(2);

    public static TheoryData<PollerBackend> Backends => NetworkTest.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Echo_OfProtocols_AllocatesNothing(PollerBackend backend) =>
        AssertAllocatesNothing(
            backend, () => EventLoop.Running.CreateServer(() => new EchoProtocol(), "127.0.0.1", 0));

    [Theory]
    [MemberData(nameof(Backends))]
    public void Echo_OfBufferedProtocols_AllocatesNothing(PollerBackend backend) =>
        AssertAllocatesNothing(
            backend, () => EventLoop.Running.CreateServer(() => new BufferedEchoProtocol(), "127.0.0.1", 0));

    [Theory(Skip = Build.Allocates, SkipType = typeof(Build), SkipWhen = nameof(Build.IsDebug))]
    [MemberData(nameof(Backends))]
    public void Echo_OfStreams_AllocatesNothing(PollerBackend backend) =>
        AssertAllocatesNothing(backend, () => Aio.StartServer(ServeStream, "127.0.0.1", 0));

    private static void AssertAllocatesNothing(PollerBackend backend, Func<Coroutine<Server>> start) => Aio.Run(
        async () =>
        {
            EventLoop loop = EventLoop.Running;
            await using Server server = await start();
            var client = new Client(loop.CreateFuture<long>());
            long begun = loop.Clock.GetTimestamp();
            await loop.CreateConnection(() => client, "127.0.0.1", ((IPEndPoint)server.EndPoints[0]).Port);
            try
            {
                long least = long.MaxValue;
                while (least > 0 && loop.Clock.GetElapsedTime(begun) < s_warmUpLimit)
                {
                    least = Math.Min(least, await client.Round);
                    client.StartRound(loop.CreateFuture<long>());
                }

                Assert.Equal(0, least);
                await client.Round;
            }
            finally
            {
                server.AbortClients();
            }
        },
        new EventLoopOptions { Backend = backend });

    private static async Coroutine ServeStream(LoopStreamReader reader, LoopStreamWriter writer)
    {
        byte[] buffer = new byte[4096];
        while (await reader.ReadAsync(buffer.AsMemory()) is var count and > 0)
        {
            writer.Write(buffer.AsSpan(0, count));
            await writer.DrainAsync();
        }

        writer.Close();
    }

    /// <summary>Sends a message whenever the one before is back, and says what a round of them has
    /// allocated.</summary>
    private sealed class Client(Future<long> firstRound) : Protocol
    {
        private readonly byte[] _message = new byte[MessageLength];
        private Transport? _transport;
        private long _before;
        private int _missing;
        private int _messages;

        public Future<long> Round { get; private set; } = firstRound;

        public void StartRound(Future<long> round)
        {
            Round = round;
            _messages = 0;
            Send();
        }

        public override void ConnectionMade(Transport transport)
        {
            _transport = transport;
            StartRound(Round);
        }

        public override void DataReceived(ReadOnlySpan<byte> data)
        {
            _missing -= data.Length;
            if (_missing > 0)
            {
                return;
            }

            if (_messages == 0)
            {
                // Not earlier: who starts the round awaits its end only now.
                _before = GC.GetAllocatedBytesForCurrentThread();
            }

            if (++_messages < MessagesOfRound)
            {
                Send();
            }
            else
            {
                Round.SetResult(GC.GetAllocatedBytesForCurrentThread() - _before);
            }
        }

        private void Send()
        {
            _missing = MessageLength;
            _transport!.Write(_message);
        }
    }

    private sealed class EchoProtocol : Protocol
    {
        private Transport? _transport;

        public override void ConnectionMade(Transport transport) => _transport = transport;

        public override void DataReceived(ReadOnlySpan<byte> data) => _transport!.Write(data);
    }

    private sealed class BufferedEchoProtocol : BufferedProtocol
    {
        private readonly byte[] _buffer = new byte[4096];
        private Transport? _transport;

        public override void ConnectionMade(Transport transport) => _transport = transport;

        public override Memory<byte> GetBuffer(int sizeHint) => _buffer;

        public override void BufferUpdated(int count) => _transport!.Write(_buffer.AsSpan(0, count));
    }
}

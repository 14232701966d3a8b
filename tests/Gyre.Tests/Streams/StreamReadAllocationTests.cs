using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Streams;

/// <summary>Reads of <c>AsStream</c> that wait, one after the other on the loop's thread, allocate nothing.</summary>
[Collection(nameof(SequentialCollection))]
public class StreamReadAllocationTests
{
    private const int MessagesOfRound = 500;

    // How long the runtime may take to optimise the code. It ends a test that fails, and no other.
    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromMinutes(2);

    public static TheoryData<PollerBackend> Backends => NetworkTest.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void ReadAsync_ThatWaits_AllocatesNothing(PollerBackend backend) => Aio.Run(
        async () =>
        {
            EventLoop loop = EventLoop.Running;
            await using StreamPair pair = await StreamPair.OpenAsync();
            var reading = new Reading(pair.Client.AsStream(), pair.Server.Writer);
            long begun = loop.Clock.GetTimestamp();
            long least = long.MaxValue;
            while (least > 0 && loop.Clock.GetElapsedTime(begun) < s_warmUpLimit)
            {
                Future<long> round = loop.CreateFuture<long>();
                reading.Start(round);
                least = Math.Min(least, await round);
            }

            Assert.Equal(0, least);
        },
        new EventLoopOptions { Backend = backend });

    /// <summary>Has a read wait, sends it a message, and goes on where it ends.</summary>
    private sealed class Reading
    {
        private readonly byte[] _message = new byte[100];
        private readonly byte[] _buffer = new byte[100];
        private readonly Stream _stream;
        private readonly LoopStreamWriter _peer;
        private readonly Action _onRead;
        private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read;
        private Future<long>? _round;
        private long _before;
        private int _messages;

        public Reading(Stream stream, LoopStreamWriter peer)
        {
            _stream = stream;
            _peer = peer;
            _onRead = OnRead;
        }

        public void Start(Future<long> round)
        {
            _round = round;
            _messages = 0;
            Next();
        }

        [SuppressMessage("Reliability", "CA2012", Justification = "The field's result is asked for once.")]
        private void Next()
        {
            _read = _stream.ReadAsync(_buffer.AsMemory()).ConfigureAwait(false).GetAwaiter();
            Assert.False(_read.IsCompleted);
            _read.UnsafeOnCompleted(_onRead);
            _peer.Write(_message);
        }

        private void OnRead()
        {
            if (_read.GetResult() != _message.Length)
            {
                throw new InvalidOperationException("So few bytes come in one piece.");
            }

            if (_messages == 0)
            {
                // Not earlier: who starts the round awaits its end only now.
                _before = GC.GetAllocatedBytesForCurrentThread();
            }

            if (++_messages < MessagesOfRound)
            {
                Next();
            }
            else
            {
                _round!.SetResult(GC.GetAllocatedBytesForCurrentThread() - _before);
            }
        }
    }
}

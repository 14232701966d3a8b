using Gyre.Polling;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Networking;

/// <summary>Steady traffic through a pipe costs no allocation, the loop's included.</summary>
public class PipeAllocationTests : PipeTest
{
    private const int Rounds = 200;
    private const int MessagesOfRound = 500;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Pipe_Steady_AllocatesNothing(PollerBackend backend)
    {
        long least = long.MaxValue;
        Aio.Run(
            async () =>
            {
                EventLoop loop = EventLoop.Running;
                (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
                (Transport output, _) = await loop.ConnectWritePipe(() => new RecordingProtocol(), writeEnd);
                (_, Echo echo) = await loop.ConnectReadPipe(() => new Echo(output), readEnd);
                output.Write(new byte[1024]);
                least = await Aio.WaitFor(echo.Least, TimeSpan.FromMinutes(2));
                output.Close();
            },
            new EventLoopOptions { Backend = backend });
        Assert.Equal(0, least);
    }

    /// <summary>Writes each message again, and measures between them.</summary>
    private sealed class Echo(Transport output) : Protocol
    {
        private long _before;
        private int _messages;
        private int _rounds;
        private long _least = long.MaxValue;

        /// <summary>Of several rounds, the bytes of the one that allocated the least.</summary>
        public Future<long> Least { get; } = EventLoop.Running.CreateFuture<long>();

        public override void DataReceived(ReadOnlySpan<byte> data)
        {
            if (_messages++ == MessagesOfRound)
            {
                _least = Math.Min(_least, GC.GetAllocatedBytesForCurrentThread() - _before);
                _messages = 1;
                if (++_rounds == Rounds || _least == 0)
                {
                    Least.TrySetResult(_least);
                }
            }

            if (_messages == 1)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }

            output.Write(data);
        }
    }
}

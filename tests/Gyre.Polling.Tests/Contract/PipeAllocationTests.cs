using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

/// <summary>Messages through a pipe cost no allocation.</summary>
public sealed class PipeAllocationTests
{
    private const int Rounds = 200;
    private const int MessagesOfRound = 500;

    [Theory]
    [InlineData(PollerBackend.Epoll)]
    [InlineData(PollerBackend.IoUring)]
    [InlineData(PollerBackend.Portable)]
    public void Pipe_Steady_AllocatesNothing(PollerBackend backend)
    {
        Assert.SkipUnless(
            Poller.IsSupported(backend) && OperatingSystem.IsLinux(), $"This machine has no {backend} backend with pipes.");
        using var harness = new PollerHarness(Poller.Create(backend));
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        PollPipe reading = harness.Poller.AttachPipe(readEnd);
        var echo = new Echo(harness.Poller.AttachPipe(writeEnd));
        reading.StartReading(echo);
        echo.OnSent(0, SocketError.Success);
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            // Of several rounds, one allocates nothing: the runtime may, now and then, when it compiles again.
            long start = TimeProvider.System.GetTimestamp();
            long before = GC.GetAllocatedBytesForCurrentThread();
            int end = echo.Messages + MessagesOfRound;
            while (echo.Messages < end && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2))
            {
                harness.Turn(timeoutNanoseconds: 100_000_000);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.True(echo.Messages >= MessagesOfRound, "The echo stopped.");
    }

    /// <summary>Writes each message again, in both ways in turns.</summary>
    private sealed class Echo(PollPipe output) : IReceiveSink, ISendSink
    {
        private readonly byte[] _data = GC.AllocateArray<byte>(1024, pinned: true);

        public int Messages { get; private set; }

        public void OnReceived(ReadOnlySpan<byte> data)
        {
            if (++Messages % 2 == 0)
            {
                output.TryWrite(_data, out _);
            }
            else
            {
                output.Write(_data, this);
            }
        }

        public void OnSent(int count, SocketError error)
        {
            if (error == SocketError.Success && count == 0)
            {
                output.TryWrite(_data, out _);
            }
        }

        public void OnEndOfInput() => Assert.Fail("The pipe does not end.");

        public void OnReceiveFailed(SocketError error) => Assert.Fail(error.ToString());
    }
}

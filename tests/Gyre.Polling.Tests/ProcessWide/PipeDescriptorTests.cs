using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

[Collection<ProcessWideCollection>]
public sealed class PipeDescriptorTests
{
    public PipeDescriptorTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are counted in /proc.");

    [Theory]
    [MemberData(nameof(DescriptorTests.Backends), MemberType = typeof(DescriptorTests))]
    public void Pipes_ClosedInEveryWay_NoDescriptorIsLeft(PollerBackend backend)
    {
        OpenAndClose(backend);
        int before = DescriptorTests.CountDescriptors();
        for (int i = 0; i < 50; i++)
        {
            OpenAndClose(backend);
        }

        DescriptorTests.AssertNoneLeft(before);
    }

    [Theory]
    [MemberData(nameof(DescriptorTests.Backends), MemberType = typeof(DescriptorTests))]
    public void Poller_DisposedWithPipesUnderWay_NoDescriptorIsLeft(PollerBackend backend)
    {
        OpenAndDispose(backend);
        int before = DescriptorTests.CountDescriptors();
        for (int i = 0; i < 20; i++)
        {
            OpenAndDispose(backend);
        }

        // The portable backend's thread holds its eventfd until it has seen that the poller is gone.
        DescriptorTests.AssertNoneLeft(before);
    }

    private static void OpenAndClose(PollerBackend backend)
    {
        using var harness = new PollerHarness(Poller.Create(backend));
        var first = new Pipe(harness.Poller);
        first.Start();
        harness.Settle();
        first.Reading.Close();
        first.Writing.Close();

        var second = new Pipe(harness.Poller);
        second.Start();
        second.Writing.Close();
        harness.RunUntil(() => second.Read.IsOver);
        second.Reading.Close();

        // One descriptor twice: epoll takes a duplicate.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var handle = new SafeFileHandle(listener.SafeHandle.DangerousGetHandle(), ownsHandle: false);
        PollPipe one = harness.Poller.AttachPipe(handle);
        PollPipe other = harness.Poller.AttachPipe(handle);
        one.StartReading(new ReceiveRecorder());
        other.StartReading(new ReceiveRecorder());
        harness.PollOnly(0);
        one.Close();
        other.Close();
    }

    private static void OpenAndDispose(PollerBackend backend)
    {
        var harness = new PollerHarness(Poller.Create(backend));
        var pipe = new Pipe(harness.Poller);
        pipe.Start();
        harness.Settle();
        harness.Dispose();
        Assert.True(pipe.Reading.IsClosed && pipe.Writing.IsClosed);
    }

    private sealed class Pipe
    {
        public Pipe(Poller poller)
        {
            (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
            Reading = poller.AttachPipe(readEnd);
            Writing = poller.AttachPipe(writeEnd);
        }

        public PollPipe Reading { get; }

        public PollPipe Writing { get; }

        public ReceiveRecorder Read { get; } = new();

        public void Start()
        {
            Reading.StartReading(Read);
            Writing.WatchHangUp(new HangUpIgnorer());
            SocketError error;
            do
            {
                Writing.TryWrite(new byte[100_000], out error);
            }
            while (error == SocketError.Success);
            Writing.Write(new byte[1], new SendRecorder());
        }
    }

    private sealed class HangUpIgnorer : IHangUpSink
    {
        public void OnHungUp()
        {
        }
    }
}

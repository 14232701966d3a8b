using System.Text;
using Gyre.Polling;
using Gyre.Tests.Networking;

namespace Gyre.Tests.Processes;

/// <summary>The protocol of a child process, called by a transport that a user wrote.</summary>
public class SubprocessProtocolTests : PipeTest
{
    [Theory]
    [MemberData(nameof(Backends))]
    public void Process_CopiesItsInput_ProtocolHearsAllInOrder(PollerBackend backend) => Run(backend, async () =>
    {
        var protocol = new Recorder();
        ChildProcess child = await ChildProcess.Start(protocol, "sh", "-c", "cat; echo problem >&2; exit 3");
        Assert.Equal(["made"], protocol.Calls);
        Assert.Same(child, protocol.Transport);
        Assert.Null(child.ExitCode);
        Transport input = child.GetPipeTransport(0)!;
        Assert.Null(child.GetPipeTransport(3));
        input.Write("line\n"u8);
        input.WriteEof();
        await protocol.Lost.WaitAsync();

        Assert.Equal("line\n", protocol.Text(1));
        Assert.Equal("problem\n", protocol.Text(2));
        Assert.Equal(3, protocol.ExitCode);
        Assert.Equal("made", protocol.Calls[0]);
        Assert.Equal("lost", protocol.Calls[^1]);
        Assert.Equal(
            ["closed 0", "closed 1", "closed 2", "exited", "lost", "made"], protocol.Calls.Order(StringComparer.Ordinal));
        Assert.True(child.IsClosing);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Terminate_ProcessWaits_ItEnds(PollerBackend backend) => Run(backend, async () =>
    {
        var protocol = new Recorder();
        ChildProcess child = await ChildProcess.Start(protocol, "cat");
        child.Terminate();
        await protocol.Lost.WaitAsync();
        Assert.Contains("exited", protocol.Calls);
        Assert.NotEqual(0, protocol.ExitCode);
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Write_ProcessDoesNotRead_ProtocolIsPausedAndResumed(PollerBackend backend) => Run(backend, async () =>
    {
        var protocol = new Recorder();
        ChildProcess child = await ChildProcess.Start(protocol, "sh", "-c", "read line; echo \"$line\"; cat >/dev/null");
        Transport input = child.GetPipeTransport(0)!;

        // More than a pipe holds, and the marks.
        input.Write("go\n"u8);
        input.Write(new byte[1 << 20]);
        Assert.Contains("paused", protocol.Calls);
        input.WriteEof();
        await protocol.Lost.WaitAsync();
        Assert.Contains("resumed", protocol.Calls);
        Assert.Equal("go\n", protocol.Text(1));
        Assert.Equal(0, protocol.ExitCode);
    });

    private sealed class Recorder : SubprocessProtocol
    {
        private readonly MemoryStream[] _output = [new(), new(), new()];

        public List<string> Calls { get; } = [];

        public SubprocessTransport Transport { get; private set; } = null!;

        public LoopEvent Lost { get; } = new();

        public int? ExitCode { get; private set; }

        public string Text(int descriptor) => Encoding.UTF8.GetString(_output[descriptor].ToArray());

        public override void ConnectionMade(SubprocessTransport transport)
        {
            Transport = transport;
            Calls.Add("made");
        }

        public override void PipeDataReceived(int descriptor, ReadOnlySpan<byte> data) => _output[descriptor].Write(data);

        public override void PipeConnectionLost(int descriptor, Exception? error)
        {
            Assert.Null(error);
            Calls.Add($"closed {descriptor}");
        }

        public override void ProcessExited()
        {
            ExitCode = Transport.ExitCode;
            Calls.Add("exited");
        }

        public override void ConnectionLost(Exception? error)
        {
            Assert.Null(error);
            Calls.Add("lost");
            Lost.Set();
        }

        public override void PauseWriting() => Calls.Add("paused");

        public override void ResumeWriting() => Calls.Add("resumed");
    }
}

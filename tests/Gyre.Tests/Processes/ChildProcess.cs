using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Gyre.Tests.Processes;

/// <summary>A transport over a <see cref="Process"/> of .NET, as a user of the abstract class would write it.</summary>
internal sealed class ChildProcess : SubprocessTransport
{
    private readonly Process _process;
    private readonly Transport?[] _pipes = new Transport?[3];

    // The pipes and the process itself.
    private int _parts = 4;
    private bool _closed;

    private ChildProcess(EventLoop loop, SubprocessProtocol protocol, Process process)
        : base(loop)
    {
        _process = process;
        Protocol = protocol;
        ProcessId = process.Id;
    }

    public override SubprocessProtocol Protocol { get; set; }

    public override bool IsClosing => _closed || _parts == 0;

    public override int ProcessId { get; }

    public override int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    public static async Coroutine<ChildProcess> Start(SubprocessProtocol protocol, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        EventLoop loop = EventLoop.Running;
        var child = new ChildProcess(loop, protocol, Process.Start(start)!);
        Process process = child._process;
        (child._pipes[0], _) = await loop.ConnectWritePipe(() => new End(child, 0), HandleOf(process.StandardInput.BaseStream));
        (child._pipes[1], _) = await loop.ConnectReadPipe(() => new End(child, 1), HandleOf(process.StandardOutput.BaseStream));
        (child._pipes[2], _) = await loop.ConnectReadPipe(() => new End(child, 2), HandleOf(process.StandardError.BaseStream));
        protocol.ConnectionMade(child);
        _ = loop.CreateTask(child.WaitForExit());
        return child;
    }

    public override Transport? GetPipeTransport(int descriptor) => descriptor is >= 0 and < 3 ? _pipes[descriptor] : null;

    public override void SendSignal(PosixSignal signal)
    {
        Assert.Equal(PosixSignal.SIGTERM, signal);
        using var kill = Process.Start("kill", ["-TERM", $"{ProcessId}"]);
        kill.WaitForExit();
    }

    public override void Kill() => _process.Kill();

    public override void Close()
    {
        if (!_closed)
        {
            _closed = true;
            Kill();
            Array.ForEach(_pipes, pipe => pipe?.Close());
        }
    }

    private static SafeHandle HandleOf(Stream stream) => ((AnonymousPipeClientStream)stream).SafePipeHandle;

    private async Coroutine WaitForExit()
    {
        await Loop.RunInExecutor(null, _process.WaitForExit);
        Protocol.ProcessExited();
        OnPartEnded();
    }

    private void OnPartEnded()
    {
        if (--_parts == 0)
        {
            Protocol.ConnectionLost(null);
            _process.Dispose();
        }
    }

    private sealed class End(ChildProcess child, int descriptor) : Protocol
    {
        public override void DataReceived(ReadOnlySpan<byte> data) => child.Protocol.PipeDataReceived(descriptor, data);

        public override void ConnectionLost(Exception? error)
        {
            child.Protocol.PipeConnectionLost(descriptor, error);
            child.OnPartEnded();
        }

        public override void PauseWriting() => child.Protocol.PauseWriting();

        public override void ResumeWriting() => child.Protocol.ResumeWriting();
    }
}

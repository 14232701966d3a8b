using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Networking;

/// <summary>Tests with one end of a pipe on the loop, and the other in the hands of the test.</summary>
public abstract class PipeTest : NetworkTest
{
    protected PipeTest() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes take Linux.");

    /// <summary>A read pipe and the stream that writes to it.</summary>
    internal static async Coroutine<(Transport Transport, RecordingProtocol Protocol, FileStream Writer)> OpenReadPipe(
        RecordingProtocol? protocol = null)
    {
        protocol ??= new RecordingProtocol();
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        (Transport transport, RecordingProtocol made) =
            await EventLoop.Running.ConnectReadPipe(() => protocol, readEnd);
        Assert.Same(protocol, made);
        return (transport, protocol, new FileStream(writeEnd, FileAccess.Write, bufferSize: 0));
    }

    /// <summary>A write pipe and the stream that reads from it.</summary>
    internal static async Coroutine<(Transport Transport, RecordingProtocol Protocol, FileStream Reader)> OpenWritePipe(
        RecordingProtocol? protocol = null)
    {
        protocol ??= new RecordingProtocol();
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        (Transport transport, RecordingProtocol made) =
            await EventLoop.Running.ConnectWritePipe(() => protocol, writeEnd);
        Assert.Same(protocol, made);
        return (transport, protocol, new FileStream(readEnd, FileAccess.Read, bufferSize: 0));
    }

    /// <summary>Writes until the transport holds something back.</summary>
    /// <returns>How much was written.</returns>
    internal static int FillPipe(Transport transport)
    {
        byte[] block = new byte[50_000];
        int count = 0;
        while (transport.WriteBufferSize == 0)
        {
            transport.Write(block);
            count += block.Length;
        }

        return count;
    }
}

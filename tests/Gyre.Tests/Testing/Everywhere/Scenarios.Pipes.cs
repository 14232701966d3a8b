using System.Runtime.InteropServices;
using Gyre.Testing;
using Gyre.Tests.Networking;
using Gyre.Tests.Streams;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddPipes(Dictionary<string, Scenario> all)
    {
        all.Add(
            "EventLoop.ConnectReadPipe<TProtocol>(Func<TProtocol>, SafeHandle)",
            async scenario => await CancelPipe(
                scenario,
                reads: true,
                static pipe => Aio.RunningLoop.ConnectReadPipe(() => new RecordingProtocol(), pipe),
                static opened => opened.Transport.Close()),
            realTime: true);
        all.Add(
            "EventLoop.ConnectWritePipe<TProtocol>(Func<TProtocol>, SafeHandle)",
            async scenario => await CancelPipe(
                scenario,
                reads: false,
                static pipe => Aio.RunningLoop.ConnectWritePipe(() => new RecordingProtocol(), pipe),
                static opened => opened.Transport.Close()),
            realTime: true);
        all.Add(
            "Aio.OpenPipeReader(SafeHandle, Int32)",
            async scenario => await CancelPipe(
                scenario, reads: true, static pipe => Aio.OpenPipeReader(pipe), static reader => reader.Close()),
            realTime: true);
        all.Add(
            "Aio.OpenPipeWriter(SafeHandle)",
            async scenario => await CancelPipe(
                scenario, reads: false, Aio.OpenPipeWriter, static writer => writer.Close()),
            realTime: true);
        AddStandardStreams(all);
        all.Add(
            "EventLoop.Sendfile(Transport, Stream, Int64, Int64?, Boolean)",
            async scenario => await CancelSendfile(
                scenario, static (transport, file) => Aio.RunningLoop.Sendfile(transport, file), movesFile: true),
            realTime: true);
        all.Add(
            "EventLoop.Sendfile(Transport, SafeFileHandle, Int64, Int64?, Boolean)",
            async scenario => await CancelSendfile(
                scenario,
                static (transport, file) => Aio.RunningLoop.Sendfile(transport, file.SafeFileHandle),
                movesFile: false),
            realTime: true);
    }

    /// <summary>Whatever the tests were started with: files are refused, which is an outcome, too.</summary>
    private static void AddStandardStreams(Dictionary<string, Scenario> all)
    {
        const string NeverWaits = "A file, with which the tests may have been started, is refused at once.";
        all.Add("Aio.OpenStandardInput(Int32)", new Scenario(
            async scenario =>
            {
                LoopTask<LoopStreamReader> target = scenario.Target(Aio.OpenStandardInput());
                await End(target);
                if (!target.IsCancelled && target.Exception is null)
                {
                    target.Result.Close();
                }
            },
            RealTime: true,
            NeverWaits));
        all.Add("Aio.OpenStandardOutput()", new Scenario(
            async scenario => await CancelStandardWriter(scenario, Aio.OpenStandardOutput()), RealTime: true, NeverWaits));
        all.Add("Aio.OpenStandardError()", new Scenario(
            async scenario => await CancelStandardWriter(scenario, Aio.OpenStandardError()), RealTime: true, NeverWaits));
    }

    private static async Coroutine CancelStandardWriter(CancelScenario scenario, Coroutine<LoopStreamWriter> open)
    {
        LoopTask<LoopStreamWriter> target = scenario.Target(open);
        await End(target);
        if (!target.IsCancelled && target.Exception is null)
        {
            target.Result.Close();
            await target.Result.WaitClosedAsync();
        }
    }

    /// <summary>A pipe that nobody got is closed, and so is one that somebody got and closed.</summary>
    private static async Coroutine CancelPipe<T>(
        CancelScenario scenario, bool reads, Func<SafeHandle, Coroutine<T>> open, Action<T> close)
    {
        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = OsPipe.Create();
        (SafeFileHandle ours, SafeFileHandle theirs) = reads ? (readEnd, writeEnd) : (writeEnd, readEnd);
        LoopTask<T> target = scenario.Target(open(ours));
        await End(target);
        if (!target.IsCancelled)
        {
            close(target.Result);
        }
        else if (scenario.CancelledAt is { Number: 0 })
        {
            // It has not begun: the handle is still ours.
            ours.Dispose();
        }

        while (!ours.IsClosed)
        {
            await Aio.Sleep(1.Milliseconds());
        }

        theirs.Dispose();
    }

    /// <summary>The peer gets what the file's position tells, and then what is written after it.</summary>
    private static async Coroutine CancelSendfile(
        CancelScenario scenario, Func<Transport, FileStream, Coroutine<long>> send, bool movesFile)
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        file.SetLength(LargeSize);
        LoopTask<byte[]> reading = Aio.CreateTask(pair.Server.Reader.ReadToEndAsync());
        LoopTask<long> target = scenario.Target(send(pair.Client.Transport, file));
        await End(target);
        pair.Client.Writer.Write("end"u8);
        pair.Client.Writer.WriteEof();
        byte[] received = await reading;
        Assert.Equal("end"u8, received.AsSpan()[^3..]);
        Assert.InRange(received.Length, 3, LargeSize + 3);
        if (movesFile)
        {
            Assert.Equal(file.Position, received.Length - 3);
        }
    }
}

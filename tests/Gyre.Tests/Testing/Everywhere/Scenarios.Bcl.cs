using System.Net;
using Gyre.Testing;
using Gyre.Tests.Streams;

namespace Gyre.Tests.Testing.Everywhere;

// What is awaited here is not of this library: the wait for it ends when it does, or when it was given the task's
// token and hears of the request.
internal static partial class Scenarios
{
    private static void AddBclTasks(Dictionary<string, Scenario> all)
    {
        all.Add("Future.AsTask()", async scenario =>
            await CancelAsTask(scenario, static task => ((Future)task).AsTask()), realTime: true);
        all.Add("Future<T>.AsTask<T>()", async scenario =>
            await CancelAsTask(scenario, static task => Aio.Shield(task).AsTask()), realTime: true);
        all.Add("LoopTask<T>.AsTask<T>()", async scenario =>
            await CancelAsTask(scenario, static task => task.AsTask()), realTime: true);
        all.Add("Coroutine.AsTask()", async scenario =>
            await CancelBclTask(scenario, static run => run().AsTask()), realTime: true);
        all.Add("Coroutine<T>.AsTask<T>()", async scenario =>
            await CancelBclTask(scenario, static run => WithResult(run).AsTask()), realTime: true);
        all.Add("Aio.RunCoroutineThreadSafe(Coroutine, EventLoop, CancellationToken)", async scenario =>
            await CancelBclTask(scenario, static run => Aio.RunCoroutineThreadSafe(run(), Aio.RunningLoop)),
            realTime: true);
        all.Add("Aio.RunCoroutineThreadSafe<T>(Coroutine<T>, EventLoop, CancellationToken)", async scenario =>
            await CancelBclTask(
                scenario, static run => Aio.RunCoroutineThreadSafe(WithResult(run), Aio.RunningLoop)),
            realTime: true);
        all.Add("Aio.RunCoroutineThreadSafe(Func<Coroutine>, EventLoop, CancellationToken)", async scenario =>
            await CancelBclTask(scenario, static run => Aio.RunCoroutineThreadSafe(run, Aio.RunningLoop)),
            realTime: true);
        all.Add("Aio.RunCoroutineThreadSafe<T>(Func<Coroutine<T>>, EventLoop, CancellationToken)", async scenario =>
            await CancelBclTask(
                scenario, static run => Aio.RunCoroutineThreadSafe(() => WithResult(run), Aio.RunningLoop)),
            realTime: true);
        all.Add("Executor.Submit(Action, CancellationToken)", async scenario =>
            await CancelSubmit(scenario, static (executor, call) =>
                executor.Submit((Action)(() => call()), Aio.CancellationToken)), realTime: true);
        all.Add("Executor.Submit<T>(Func<T>, CancellationToken)", async scenario =>
            await CancelSubmit(scenario, static (executor, call) =>
                executor.Submit(call, Aio.CancellationToken)), realTime: true);
    }

    /// <summary>A BCL task only mirrors the task: that runs on.</summary>
    private static async Coroutine CancelAsTask(CancelScenario scenario, Func<LoopTask<int>, Task> convert)
    {
        LoopTask<int> task = Aio.CreateTask(Aio.Sleep(2.Milliseconds(), 1));
        await End(scenario.Target(Await(convert(task))));
        Assert.Equal(1, await task);

        static async Coroutine Await(Task task) => await task;
    }

    /// <summary>What was begun ends well, at its time, and once.</summary>
    private static async Coroutine CancelBclTask(CancelScenario scenario, Func<Func<Coroutine>, Task> start)
    {
        int starts = 0;
        int runs = 0;
        await End(scenario.Target(Await()));
        Assert.Equal(starts, runs);

        async Coroutine Await()
        {
            starts++;
            await start(Run);
        }

        async Coroutine Run()
        {
            await Aio.Sleep(2.Milliseconds());
            runs++;
        }
    }

    private static async Coroutine<int> WithResult(Func<Coroutine> run)
    {
        await run();
        return 1;
    }

    /// <summary>A call that has not begun when it is cancelled does not run, and none runs twice.</summary>
    private static async Coroutine CancelSubmit(CancelScenario scenario, Func<Executor, Func<int>, Task> submit)
    {
        using var gate = new ManualResetEventSlim();
        using var executor = new ThreadPoolExecutor(maxWorkers: 1);
        Task blocker = executor.Submit(gate.Wait);
        int runs = 0;
        LoopTask target = scenario.Target(Await());
        await Aio.Yield();
        await Aio.Yield();
        bool cancelledInTime = scenario.CancelledAt is { Number: > 0 };
        gate.Set();
        await blocker;
        await End(target);
        executor.Shutdown();
        Assert.InRange(runs, target.IsCancelled ? 0 : 1, cancelledInTime ? 0 : 1);

        async Coroutine Await() => await submit(executor, () => Interlocked.Increment(ref runs));
    }

    private static void AddBclStreams(Dictionary<string, Scenario> all)
    {
        all.Add("EventLoop.OpenStreamThreadSafe(String, Int32, StreamConnectionOptions, CancellationToken)",
            async scenario =>
            {
                Server server = await Aio.StartServer(ReadToTheEnd, "127.0.0.1", 0);
                int port = ((IPEndPoint)server.EndPoints[0]).Port;
                await End(scenario.Target(Open()));
                await EndServer(server);

                async Coroutine Open()
                {
                    await using Stream stream = await Aio.RunningLoop.OpenStreamThreadSafe(
                        "127.0.0.1", port, null, Aio.CancellationToken);
                }
            },
            realTime: true);
        all.Add("ConnectionStream.ReadAsync(Memory<Byte>, CancellationToken)", async scenario =>
            await CancelStreamRead(scenario, static (stream, buffer) =>
                stream.ReadAsync(buffer.AsMemory(), Aio.CancellationToken)), realTime: true);
        all.Add("ConnectionStream.ReadAsync(Byte[], Int32, Int32, CancellationToken)", async scenario =>
            await CancelStreamRead(scenario, static (stream, buffer) =>
                new ValueTask<int>(stream.ReadAsync(buffer, 0, buffer.Length, Aio.CancellationToken))), realTime: true);
        all.Add("ConnectionStream.WriteAsync(ReadOnlyMemory<Byte>, CancellationToken)", async scenario =>
            await CancelStreamWrite(scenario, static (stream, data) =>
                stream.WriteAsync(data.AsMemory(), Aio.CancellationToken)), realTime: true);
        all.Add("ConnectionStream.WriteAsync(Byte[], Int32, Int32, CancellationToken)", async scenario =>
            await CancelStreamWrite(scenario, static (stream, data) =>
                new ValueTask(stream.WriteAsync(data, 0, data.Length, Aio.CancellationToken))), realTime: true);
        all["ConnectionStream.FlushAsync(CancellationToken)"] = new Scenario(
            async scenario =>
            {
                await using StreamPair pair = await StreamPair.OpenAsync();
                Stream stream = pair.Server.AsStream();
                await End(scenario.Target(Flush()));

                async Coroutine Flush() => await stream.FlushAsync(Aio.CancellationToken);
            },
            RealTime: true,
            NeverWaits: "There is nothing to flush.");
    }

    /// <summary>What the target has read, and what is left, make up what was sent.</summary>
    private static async Coroutine CancelStreamRead(
        CancelScenario scenario, Func<Stream, byte[], ValueTask<int>> read)
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        Stream stream = pair.Server.AsStream();
        byte[] buffer = new byte[3];
        int count = 0;
        After(2.Milliseconds(), () => pair.Client.Writer.Write("abcdef"u8));
        await End(scenario.Target(Read()));
        byte[] rest = new byte[6 - count];
        await stream.ReadExactlyAsync(rest);
        Assert.Equal("abcdef"u8.ToArray(), (byte[])[.. buffer[..count], .. rest]);

        // Kept at once: a request that comes too late for the read takes the task's result.
        async Coroutine Read() => count = await read(stream, buffer);
    }

    /// <summary>What was given to a write that began is sent, whether or not anybody waits for it.</summary>
    private static async Coroutine CancelStreamWrite(CancelScenario scenario, Func<Stream, byte[], ValueTask> write)
    {
        await using StreamPair pair = await StreamPair.OpenAsync();
        Stream stream = pair.Client.AsStream();
        bool begun = false;
        LoopTask target = scenario.Target(Write());
        await Aio.Yield();
        await Aio.Yield();
        if (scenario.CancelledAt is not { Number: 0 })
        {
            Assert.True(begun);
        }

        LoopTask<byte[]> received = Aio.CreateTask(pair.Server.Reader.ReadToEndAsync());
        await End(target);
        await stream.DisposeAsync();
        Assert.Equal(begun ? LargeSize : 0, (await received).Length);

        async Coroutine Write()
        {
            if (!Aio.CancellationToken.IsCancellationRequested)
            {
                begun = true;
                await write(stream, new byte[LargeSize]);
            }
        }
    }
}

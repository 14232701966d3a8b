using Gyre.Testing;

namespace Gyre.Tests.Guarantees;

/// <summary>Clauses of docs/guarantees.md on virtual time.</summary>
public class VirtualTimeTests
{
    /// <summary>Guarantee G-110.</summary>
    [Fact]
    public void Program_OnAVirtualClock_RunsTheSameWayEachTime()
    {
        string[] first = [.. Trace()];
        Assert.NotEmpty(first);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(first, Trace());
        }
    }

    /// <summary>Guarantee G-110.</summary>
    [Fact]
    public void VirtualClock_WhileSomethingIsReady_StandsStill()
    {
        var clock = new VirtualClock();
        Aio.Run(Main, clock.CreateOptions());
        Assert.Equal(1.Seconds(), clock.Elapsed);

        async Coroutine Main()
        {
            LoopTask sleeper = Aio.CreateTask(Aio.Sleep(1.Seconds()));
            for (int i = 0; i < 10_000; i++)
            {
                await Aio.Yield();
            }

            Assert.Equal(TimeSpan.Zero, clock.Elapsed);
            await sleeper;
        }
    }

    private static List<string> Trace()
    {
        var trace = new List<string>();
        var clock = new VirtualClock();
        Aio.Run(Main, clock.CreateOptions());
        return trace;

        async Coroutine Main()
        {
            var random = new Random(7);
            var queue = new LoopQueue<int>(2);
            var mutex = new LoopLock();
            await Aio.TaskGroup(async group =>
            {
                for (int worker = 0; worker < 5; worker++)
                {
                    _ = group.CreateTask(Consume(worker));
                }

                for (int item = 0; item < 50; item++)
                {
                    await queue.PutAsync(item);
                    await Aio.Sleep(random.Next(3).Milliseconds());
                }

                queue.Shutdown();
            });

            async Coroutine Consume(int worker)
            {
                await foreach (int item in queue)
                {
                    using (await mutex.LockAsync())
                    {
                        await Aio.Sleep(random.Next(4).Milliseconds());
                        trace.Add($"{clock.Elapsed.TotalMilliseconds}: {worker} has {item}");
                    }
                }
            }
        }
    }
}

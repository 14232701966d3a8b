using System.Runtime.CompilerServices;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Guarantees;

/// <summary>Clauses of docs/guarantees.md on futures, tasks and coroutines.</summary>
public class TaskTests
{
    /// <summary>Guarantee G-20.</summary>
    [Fact]
    public void Future_ThatIsDone_RefusesEveryOtherOutcome() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        future.SetResult(1);
        Assert.Throws<InvalidStateException>(() => future.SetResult(2));
        Assert.Throws<InvalidStateException>(() => future.SetException(new FormatException()));
        Assert.False(future.TrySetResult(2));
        Assert.False(future.TrySetException(new FormatException()));
        Assert.False(future.Cancel());
        Assert.Equal(1, await future);
    });

    /// <summary>Guarantee G-21.</summary>
    [Fact]
    public void DoneCallbacks_AddedBeforeAndAfterTheEnd_RunInOrderInTurnsOfTheirOwn() => Run(async () =>
    {
        var log = new List<string>();
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        future.AddDoneCallback(_ => log.Add("a"));
        future.AddDoneCallback(_ =>
        {
            log.Add("b");
            future.AddDoneCallback(_ => log.Add("e"));
            log.Add("b ends");
        });
        future.AddDoneCallback(_ => log.Add("c"));
        future.SetResult(1);
        future.AddDoneCallback(_ => log.Add("d"));
        Assert.Empty(log);
        await Turns(2);
        Assert.Equal(["a", "b", "b ends", "c", "d", "e"], log);
    });

    /// <summary>Guarantee G-22.</summary>
    [Fact]
    public void Coroutine_CalledMadeATaskOrStartedEagerly_BeginsWhenItShould() => Run(async () =>
    {
        var log = new List<string>();
        Coroutine cold = Write("cold");
        LoopTask first = Aio.CreateTask(Write("first"));
        LoopTask second = Aio.CreateTask(Write("second"));
        LoopTask eager = Aio.CreateTask(Write("eager"), eagerStart: true);
        Assert.Equal(["eager"], log);
        await Aio.Yield();
        Assert.Equal(["eager", "first", "second"], log);
        await cold;
        Assert.Equal(["eager", "first", "second", "cold"], log);
        await Aio.Gather([first, second, eager]);

        async Coroutine Write(string line)
        {
            log.Add(line);
            await Aio.Yield();
        }
    });

    /// <summary>Guarantees G-24, G-82.</summary>
    [Fact]
    public void Await_OfWhatIsDone_DoesNotYield() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        future.SetResult(1);
        LoopTask task = Aio.CreateTask(Aio.Sleep(TimeSpan.Zero));
        await task;
        bool others = false;
        EventLoop.Running.CallSoon(() => others = true);
        for (int i = 0; i < 1_000; i++)
        {
            await future;
            await task;
            await Task.CompletedTask;
            await new LoopLock().LockAsync();
        }

        Assert.False(others);
        await Aio.Yield();
        Assert.True(others);
    });

    /// <summary>Guarantee G-25.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Sleep_OfZeroOrLess_LetsRunWhatIsReady(int seconds) => Run(async () =>
    {
        var log = new List<int>();
        foreach (int n in Enumerable.Range(0, 100))
        {
            EventLoop.Running.CallSoon(() => log.Add(n));
        }

        await Aio.Sleep(seconds.Seconds());
        Assert.Equal(Enumerable.Range(0, 100), log);
        EventLoop.Running.CallSoon(() => log.Add(100));
        await Aio.Yield();
        Assert.Equal(101, log.Count);
    });

    /// <summary>Guarantee G-28.</summary>
    [Fact]
    public void Task_ThatNobodyRefersTo_RunsToItsEnd() => Run(async () =>
    {
        bool ended = false;
        Start();
        Garbage.Collect();
        Assert.Equal(2, Aio.AllTasks().Count);
        await Aio.Sleep(2.Seconds());
        Assert.True(ended);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Start() => Aio.CreateTask(End());

        async Coroutine End()
        {
            await Aio.Sleep(1.Seconds());
            ended = true;
        }
    });

    /// <summary>Guarantee G-29.</summary>
    [Fact]
    public void Gather_ResultsAndErrors_KeepTheirPlacesAndTheOthersRunOn() => Run(async () =>
    {
        int[] results = await Aio.Gather(After(3), After(1), After(2));
        Assert.Equal([3, 1, 2], results);

        TimeSpan start = EventLoop.Running.Time;
        LoopTask<int> slow = Aio.CreateTask(After(3));
        await Throws<FormatException>(Aio.Gather(slow, Aio.CreateTask(Fail())));
        Assert.Equal(1.Seconds(), EventLoop.Running.Time - start);
        Assert.False(slow.IsDone);

        Outcome<int>[] outcomes = await Aio.GatherOutcomes(Fail(), After(2));
        Assert.IsType<FormatException>(outcomes[0].Exception);
        Assert.Equal(2, outcomes[1].Result);
        Assert.Equal(3, await slow);
    });

    /// <summary>Guarantee G-30.</summary>
    [Fact]
    public void AsCompleted_Tasks_GivesEachOnceInTheOrderOfTheirEnds() => Run(async () =>
    {
        LoopTask<int>[] tasks = [.. new[] { 3, 1, 2 }.Select(seconds => Aio.CreateTask(After(seconds)))];
        var ends = new List<int>();
        await foreach (LoopTask<int> done in Aio.AsCompleted([.. tasks, tasks[0]]))
        {
            ends.Add(await done);
        }

        Assert.Equal([1, 2, 3], ends);
    });

    /// <summary>Guarantee G-31.</summary>
    [Fact]
    public void Wait_TimedOutCancelledOrOverErrors_LeavesItsFuturesAlone() => Run(async () =>
    {
        LoopTask<int> slow = Aio.CreateTask(After(10));
        LoopTask<int> failing = Aio.CreateTask(Fail());
        (IReadOnlyList<LoopTask<int>> done, IReadOnlyList<LoopTask<int>> pending) =
            await Aio.Wait([slow, failing], timeout: 2.Seconds());
        Assert.Equal([failing], done);
        Assert.Equal([slow], pending);

        LoopTask<WaitResult<LoopTask<int>>> waiting = Aio.CreateTask(Aio.Wait([slow]));
        await Turns(2);
        waiting.Cancel();
        await Throws<CancelledException>(waiting);
        Assert.False(slow.IsDone);
        Assert.Equal(10, await slow);
        Assert.IsType<FormatException>(failing.Exception);
    });

    /// <summary>Guarantee G-32.</summary>
    [Fact]
    public void Shield_Cancelled_LeavesTheTaskBehindItAlone() => Run(async () =>
    {
        LoopTask<int> task = Aio.CreateTask(After(1));
        Future<int> shield = Aio.Shield(task);
        shield.Cancel();
        await Throws<CancelledException>(shield);
        Assert.Equal(1, await task);
    });

    /// <summary>Guarantee G-33.</summary>
    [Fact]
    public void TaskGroup_WithAFailure_EndsWhenTheLastTaskHasCleanedUp() => Run(async () =>
    {
        var log = new List<string>();
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(CleanUp());
            _ = group.CreateTask(Fail());
            _ = group.CreateTask(Failing());
            await Forever();
        }));
        Assert.Equal(["cleaned up"], log);
        Assert.Equal(
            [typeof(FormatException), typeof(InvalidTimeZoneException)],
            errors.InnerExceptions.Select(error => error.GetType()));
        Assert.Equal(0, Aio.CurrentTask!.Cancelling());

        // A task that was cancelled is no failure.
        await Aio.TaskGroup(async group =>
        {
            group.CreateTask(Forever()).Cancel();
            await Turns();
        });

        async Coroutine CleanUp()
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Aio.Sleep(5.Seconds());
                log.Add("cleaned up");
            }
        }

        static async Coroutine Failing()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                throw new InvalidTimeZoneException();
            }
        }
    });

    private static async Coroutine<int> After(int seconds)
    {
        await Aio.Sleep(seconds.Seconds());
        return seconds;
    }

    private static async Coroutine<int> Fail()
    {
        await Aio.Sleep(1.Seconds());
        throw new FormatException();
    }
}

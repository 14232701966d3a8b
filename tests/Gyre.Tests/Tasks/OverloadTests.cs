using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>The combinators take whatever can be awaited, and mixes of it.</summary>
public class OverloadTests
{
    /// <summary>CPython: GatherTestsBase.test_one_success, for each kind. Guarantee G-29.</summary>
    [Fact]
    public void Gather_OfOneResultType_IsAnArrayWhateverTheKinds() => Run(async () =>
    {
        int[] coroutines = await Aio.Gather(Later(1), Later(2), Later(3));
        int[] tasks = await Aio.Gather(Started(1), Started(2));
        int[] futures = await Aio.Gather(Set(1), Set(2));
        int[] mixed = await Aio.Gather(Later(1), Started(2), Set(3));
        int[] bcl = await Aio.Gather(Task.FromResult(1), Bcl(2));
        int[] values = await Both(ValueTask.FromResult(1), new ValueTask<int>(Bcl(2)));
        Assert.Equal([1, 2, 3], coroutines);
        Assert.Equal([1, 2], tasks);
        Assert.Equal([1, 2], futures);
        Assert.Equal([1, 2, 3], mixed);
        Assert.Equal([1, 2], bcl);
        Assert.Equal([1, 2], values);

        static async Coroutine<int[]> Both(ValueTask<int> first, ValueTask<int> second) => await Aio.Gather(first, second);
    });

    [Fact]
    public void Gather_OfACollection_IsAnArrayToo() => Run(async () =>
    {
        LoopTask<int>[] array = [Started(1), Started(2)];
        Assert.Equal((int[])[1, 2], await Aio.Gather(array));
        Assert.Equal((int[])[1, 2], await Aio.Gather(array.ToList()));
        Assert.Equal((int[])[1, 2], await Aio.Gather(Enumerable.Range(1, 2).Select(n => Later(n))));
        Assert.Equal((int[])[1, 2], await Aio.Gather(new List<Task<int>> { Task.FromResult(1), Bcl(2) }));
        Assert.Equal((int[])[1, 2], await Aio.Gather([Later(1), Later(2)]));
        Assert.Equal((int[])[1, 2], await Aio.Gather<int>([Later(1), Started(2)]));
        Assert.Empty(await Aio.Gather(new List<Coroutine<int>>()));
        await Aio.Gather(new List<Coroutine> { Nothing(), Nothing() });
        await Aio.Gather(new List<Future> { Started(1), Set(2) });
        await Aio.Gather(new List<Task> { Task.CompletedTask, Bcl(2) });
        await Aio.Gather([Nothing(), Started(1), Bcl(2)]);
    });

    [Fact]
    public void Gather_OfDifferentResultTypes_IsATuple() => Run(async () =>
    {
        var (a, b) = await Aio.Gather(Later(1), Later("two"));
        var (c, d, e) = await Aio.Gather(Later(1), Started("two"), Set(3.0));
        var four = await Aio.Gather(Later(1), Later("two"), Set(3.0), Later('4'));
        var five = await Aio.Gather(Later(1), Later("two"), Set(3.0), Later('4'), Later(5L));
        var six = await Aio.Gather(Later(1), Later("two"), Set(3.0), Later('4'), Later(5L), Later(6u));
        var seven = await Aio.Gather(Later(1), Later("two"), Set(3.0), Later('4'), Later(5L), Later(6u), Later(true));
        Assert.Equal((1, "two"), (a, b));
        Assert.Equal((1, "two", 3.0), (c, d, e));
        Assert.Equal((1, "two", 3.0, '4'), four);
        Assert.Equal((1, "two", 3.0, '4', 5L), five);
        Assert.Equal((1, "two", 3.0, '4', 5L, 6u), six);
        Assert.Equal((1, "two", 3.0, '4', 5L, 6u, true), seven);
    });

    [Fact]
    public void Gather_OfDifferentTypesWithABclTask_TakesItWrapped() => Run(async () =>
    {
        var (a, b) = await Aio.Gather(Later(1), Aio.WrapFuture(Task.FromResult("two")));
        Assert.Equal((1, "two"), (a, b));
    });

    /// <summary>One task in two places, as in <c>gather</c>.</summary>
    [Fact]
    public void Gather_OfOneTaskTwice_HasItsResultTwice() => Run(async () =>
    {
        LoopTask<int> task = Started(1);
        Assert.Equal((int[])[1, 1], await Aio.Gather(task, task));
        IAwaitable<int> same = task;
        Assert.Equal((1, "x"), await Aio.Gather(same, Later("x")));
    });

    [Fact]
    public void Gather_OfDifferentTypes_EndsWithTheFirstErrorAndCancelsAll() => Run(async () =>
    {
        LoopTask<string> slow = Started("slow", 9);
        await Throws<FormatException>(Aio.Gather(Fail(), slow));
        Assert.False(slow.IsDone);

        Future<(int, string)> gather = Aio.Gather(Later(1), slow);
        gather.Cancel();
        await Throws<CancelledException>(gather);
        Assert.True(slow.IsCancelled);
    });

    /// <summary>CPython: FutureGatherTests.test_constructor_empty_sequence.</summary>
    [Fact]
    public void Gather_OfNothing_IsDone() => Run(async () =>
    {
        Future nothing = Aio.Gather();
        Assert.True(nothing.IsDone);
        await nothing;
        Assert.Empty(await Aio.GatherOutcomes());
    });

    [Fact]
    public void Gather_OfWithAndWithoutResults_HasNoResults() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Nothing());
        int before = Aio.AllTasks().Count;
        Future all = Aio.Gather(Later(1), Nothing(), task, Bcl(2), ValueTask.CompletedTask, default(Awaitable));

        // Three coroutines have become tasks.
        Assert.Equal(before + 3, Aio.AllTasks().Count);
        await all;
        Assert.True(task.IsDone);
    });

    [Fact]
    public void GatherOutcomes_OfAnyKind_TellsHowEachEnded() => Run(async () =>
    {
        Outcome<int>[] typed = await Aio.GatherOutcomes(Later(1), Fail());
        Assert.Equal(1, typed[0].Result);
        Assert.IsType<FormatException>(typed[1].Exception);
        Outcome<int>[] mixed = await Aio.GatherOutcomes(Started(1), Fail(), Set(3));
        Assert.Equal([true, false, true], mixed.Select(outcome => outcome.IsSuccess));
        Outcome<int>[] bcl = await Aio.GatherOutcomes(Task.FromResult(1), Task.FromException<int>(new FormatException()));
        Assert.Equal([true, false], bcl.Select(outcome => outcome.IsSuccess));
        Outcome[] untyped = await Aio.GatherOutcomes(Nothing(), Fail(), Task.FromCanceled(new CancellationToken(true)));
        Assert.Equal([true, false, false], untyped.Select(outcome => outcome.IsSuccess));
        Assert.True(untyped[2].IsCancelled);
        Assert.Equal(2, (await Aio.GatherOutcomes(new List<Coroutine> { Nothing(), Nothing() })).Length);
        Assert.Equal(2, (await Aio.GatherOutcomes(new List<Future> { Started(1), Set(2) })).Length);
        Assert.Equal(2, (await Aio.GatherOutcomes(new List<Coroutine<int>> { Later(1), Fail() })).Length);
        Assert.Equal(2, (await Aio.GatherOutcomes(new List<LoopTask<int>> { Started(1), Started(1) })).Length);
    });

    [Fact]
    public void GatherOutcomes_OfDifferentTypes_IsATuple() => Run(async () =>
    {
        LoopTask<string> cancelled = Aio.CreateTask(Text());
        cancelled.Cancel();
        (Outcome<int> one, Outcome<string> none) = await Aio.GatherOutcomes(Later(1), cancelled);
        Assert.Equal(1, one.Result);
        Assert.True(none.IsCancelled);
        var (a, b, c) = await Aio.GatherOutcomes(Fail(), Text(), Set(3));
        Assert.IsType<FormatException>(a.Exception);
        Assert.Equal(("text", 3), (b.Result, c.Result));
        var four = await Aio.GatherOutcomes(Text(), Later(2), Later(3), Later(4));
        Assert.Equal(("text", 2, 3, 4), (four.Item1.Result, four.Item2.Result, four.Item3.Result, four.Item4.Result));
        var five = await Aio.GatherOutcomes(Text(), Later(2), Later(3), Later(4), Later(5));
        Assert.Equal((4, 5), (five.Item4.Result, five.Item5.Result));
        var six = await Aio.GatherOutcomes(Text(), Later(2), Later(3), Later(4), Later(5), Fail());
        Assert.Equal((5, false), (six.Item5.Result, six.Item6.IsSuccess));
        var seven = await Aio.GatherOutcomes(Text(), Later(2), Later(3), Later(4), Later(5), Later(6), Text());
        Assert.Equal((6, "text"), (seven.Item6.Result, seven.Item7.Result));

        static async Coroutine<string> Text()
        {
            await Aio.Yield();
            return "text";
        }
    });

    [Fact]
    public void Combinators_GivenNull_SayWhichArgument() => Run(async () =>
    {
        Assert.Throws<ArgumentNullException>(() => Aio.Gather((LoopTask<int>)null!, null!));
        Assert.Throws<ArgumentNullException>(() => Aio.Gather((LoopTask)null!));
        Assert.Throws<ArgumentNullException>(() => Aio.Gather((Task)null!));
        Assert.Throws<ArgumentNullException>(() => Aio.Gather((Task<int>)null!));
        Assert.Throws<ArgumentNullException>(() => Aio.Gather((LoopTask<int>)null!, (LoopTask<string>)null!));
        Assert.Throws<ArgumentNullException>(() => Aio.EnsureFuture(default(Coroutine<int>)));
        Assert.Throws<ArgumentNullException>(() => Aio.WaitFor((Task)null!, null));
        await Throws<ArgumentNullException>(() => Aio.WaitFor((Future)null!, null));
    });

    /// <summary>CPython: AsyncioWaitForTest.test_wait_for_blocking.</summary>
    [Fact]
    public void WaitFor_OfAnyKind_GivesTheResultInTime() => Run(async () =>
    {
        Assert.Equal(1, await Aio.WaitFor(Later(1), 5.Seconds()));
        Assert.Equal(1, await Aio.WaitFor(Started(1), 5.Seconds()));
        Assert.Equal(1, await Aio.WaitFor(Set(1), 5.Seconds()));
        Assert.Equal(1, await Aio.WaitFor(Bcl(1), 5.Seconds()));
        Assert.Equal(1, await Aio.WaitFor(new ValueTask<int>(1), 5.Seconds()));
        IAwaitable<int> any = Later(1);
        Assert.Equal(1, await Aio.WaitFor(any, 5.Seconds()));
        await Aio.WaitFor(Nothing(), 5.Seconds());
        await Aio.WaitFor((Awaitable)Later(1), 5.Seconds());
        await Aio.WaitFor((Future)Started(1), 5.Seconds());
        await Aio.WaitFor(Task.CompletedTask, 5.Seconds());
        await Aio.WaitFor(ValueTask.CompletedTask, 5.Seconds());
        await Aio.WaitFor(default(Awaitable), 5.Seconds());
        Assert.Equal(1, await Aio.WaitFor(Task.FromResult(1), TimeSpan.Zero));
        await Aio.WaitFor(Task.CompletedTask, TimeSpan.Zero);
        await Throws<TimeoutException>(() => Aio.WaitFor((Awaitable)Later(1, 9), 1.Seconds()));
        await Throws<TimeoutException>(() => Aio.WaitFor(Nothing(), TimeSpan.Zero));
    });

    /// <summary>A BCL task cannot be cancelled, so nobody waits for its end.</summary>
    [Fact]
    public void WaitFor_OfABclTaskThatIsTooSlow_LetsGoOfIt() => Run(async () =>
    {
        var slow = new TaskCompletionSource<int>();
        await Throws<TimeoutException>(async () => await Aio.WaitFor(slow.Task, 1.Seconds()));
        await Throws<TimeoutException>(() => Aio.WaitFor((Task)slow.Task, 1.Seconds()));
        Assert.False(slow.Task.IsCompleted);
        Assert.Equal(2.Seconds(), EventLoop.Running.Time);
        slow.SetResult(1);
    });

    [Fact]
    public void WaitFor_OfACoroutine_RunsItInsideTheTask() => Run(async () =>
    {
        LoopTask? inside = null;
        await Aio.WaitFor(Look(), 1.Seconds());
        Assert.Same(Aio.CurrentTask, inside);
        inside = null;
        Awaitable awaitable = Typed();
        await Aio.WaitFor(awaitable, 1.Seconds());
        Assert.Same(Aio.CurrentTask, inside);

        async Coroutine Look()
        {
            inside = Aio.CurrentTask;
            await default(Coroutine);
        }

        async Coroutine<int> Typed()
        {
            await Look();
            return 1;
        }
    });

    /// <summary>CPython: BaseTaskTests.test_shield_result, for each kind. Guarantee G-32.</summary>
    [Fact]
    public void Shield_OfAnyKind_HasItsResultAndKeepsCancellationOff() => Run(async () =>
    {
        Assert.Equal(1, await Aio.Shield(Later(1)));
        Assert.Equal(1, await Aio.Shield(Started(1)));
        Assert.Equal(1, await Aio.Shield(Set(1)));
        Assert.Equal(1, await Aio.Shield(Bcl(1)));
        Assert.Equal(1, await Aio.Shield(new ValueTask<int>(1)));
        await Aio.Shield(Nothing());
        await Aio.Shield(Task.CompletedTask);
        await Aio.Shield(ValueTask.CompletedTask);
        LoopTask inner = Aio.CreateTask(Aio.Sleep(1.Seconds()));
        Future outer = Aio.Shield(inner);
        outer.Cancel();
        await inner;
        Assert.True(outer.IsCancelled);
    });

    /// <summary>As in Python no coroutines: a wait cancels nothing, so tasks of its own would be nobody's.</summary>
    [Fact]
    public void Wait_OfAMixOfFutures_HasThemself() => Run(async () =>
    {
        LoopTask<int> task = Started(1);
        Future bcl = Aio.WrapFuture(Bcl(1));
        WaitResult<Future> mixed = await Aio.Wait<Future>([task, bcl, Set("x", 9)], 5.Seconds());
        Assert.Equal([task, bcl], mixed.Done);
        Assert.True(Assert.Single(mixed.Pending).Cancel());
    });

    /// <summary>CPython: BaseTaskTests.test_as_completed, for each kind. Guarantee G-30.</summary>
    [Fact]
    public void AsCompleted_OfAMix_GivesFutures() => Run(async () =>
    {
        LoopTask<int> slow = Started(1, 5);
        var order = new List<Future>();
        await foreach (Future future in Aio.AsCompleted([slow, Later(2, 3), Nothing(), Bcl(3)]))
        {
            order.Add(future);
        }

        Assert.Equal(4, order.Count);
        Assert.Same(slow, order[^1]);
    });

    /// <summary>CPython: BaseTaskTests.test_ensure_future_coroutine, test_ensure_future_future,
    /// test_ensure_future_task, test_ensure_future_awaitable, test_ensure_future_neither.</summary>
    [Fact]
    public void EnsureFuture_OfEachKind_IsWhatStandsForIt() => Run(async () =>
    {
        LoopTask<int> task = Started(1);
        Future<int> future = Set(1);
        Assert.Same(task, Aio.EnsureFuture(task));
        Assert.Same(future, Aio.EnsureFuture(future));
        Assert.Equal(1, await Assert.IsType<LoopTask<int>>(Aio.EnsureFuture(Later(1))));
        await Assert.IsAssignableFrom<LoopTask>(Aio.EnsureFuture(Nothing()));
        await Aio.EnsureFuture(Task.CompletedTask);
        await Aio.EnsureFuture(default);
        Coroutine twice = Nothing();
        await twice;
        Assert.Throws<InvalidOperationException>(() => Aio.EnsureFuture(twice));
    });

    /// <summary>CPython: BaseTaskTests.test_ensure_future_future, on a loop of its own.</summary>
    [Fact]
    public void EnsureFuture_OfAnotherLoop_IsRefused()
    {
        using var other = new TestLoop();
        Future<int> foreign = other.Loop.CreateFuture<int>();
        Run(async () =>
        {
            Assert.Throws<InvalidOperationException>(() => Aio.EnsureFuture(foreign));
            await default(Coroutine);
        });
    }

    [Fact]
    public void Awaitables_Awaited_AreWhatTheyWereMadeOf() => Run(async () =>
    {
        IAwaitable<int> coroutine = Later(1);
        IAwaitable<int> task = Started(2);
        Assert.Equal((1, 2), (await coroutine, await task));
        Awaitable[] all = [Later(1), Nothing(), Started(2), Set("x"), Task.CompletedTask, ValueTask.CompletedTask, default];
        foreach (Awaitable awaitable in all)
        {
            await awaitable;
        }

        Awaitable failing = Fail();
        await Throws<FormatException>(async () => await failing);
    });

    private static async Coroutine<T> Later<T>(T result, double seconds)
    {
        await Aio.Sleep(seconds.Seconds());
        return result;
    }

    private static Coroutine<T> Later<T>(T result) => Later(result, 1);

    private static LoopTask<T> Started<T>(T result, double seconds = 1) => Aio.CreateTask(Later(result, seconds));

    private static Future<T> Set<T>(T result, double seconds = 1)
    {
        Future<T> future = EventLoop.Running.CreateFuture<T>();
        EventLoop.Running.CallLater(seconds.Seconds(), () => future.TrySetResult(result));
        return future;
    }

    private static async Task<int> Bcl(int result)
    {
        await Task.Yield();
        return result;
    }

    private static async Coroutine Nothing() => await Aio.Sleep(1.Seconds());

    private static async Coroutine<int> Fail()
    {
        await Aio.Yield();
        throw new FormatException();
    }
}

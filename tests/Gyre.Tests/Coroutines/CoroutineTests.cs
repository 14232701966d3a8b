using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Coroutines;

public class CoroutineTests
{
    /// <summary>Guarantee G-22.</summary>
    [Fact]
    public void Call_RunsNothing() => Run(async () =>
    {
        bool ran = false;
        Coroutine coroutine = Work();
        await Turns(3);
        Assert.False(ran);
        await coroutine;
        Assert.True(ran);

        async Coroutine Work()
        {
            ran = true;
            await Aio.Yield();
        }
    });

    /// <summary>Guarantee G-23.</summary>
    [Fact]
    public void Await_RunsInsideTheAwaitingTaskWithoutATurnOfTheLoop() => Run(async () =>
    {
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        LoopTask? inside = await WhoRuns();
        Assert.False(other);
        Assert.Same(Aio.CurrentTask, inside);

        static async Coroutine<LoopTask?> WhoRuns()
        {
            await Nothing();
            return Aio.CurrentTask;
        }
    });

    [Fact]
    public void Await_ReturnsTheResult() => Run(async () =>
    {
        Assert.Equal(42, await Answer());
        Assert.Equal("text", await Text());

        static async Coroutine<int> Answer()
        {
            await Aio.Yield();
            return 42;
        }

        static async Coroutine<string> Text() => await Task.FromResult("text");
    });

    [Fact]
    public void Await_ThrowsWhatTheCoroutineThrew() => Run(async () =>
    {
        var error = new FormatException("x");
        Assert.Same(error, await Throws<FormatException>(() => FailAtOnce(error)));
        Assert.Same(error, await Throws<FormatException>(() => FailLater(error)));

        static async Coroutine FailAtOnce(Exception error)
        {
            await Nothing();
            throw error;
        }

        static async Coroutine FailLater(Exception error)
        {
            await Aio.Yield();
            throw error;
        }
    });

    [Fact]
    public void Await_OfSeveralOneAfterAnother_KeepsTheirOrder() => Run(async () =>
    {
        var log = new List<string>();
        await Step("a");
        await Step("b");
        Coroutine later = Step("d");
        await Step("c");
        await later;
        Assert.Equal(["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"], log);

        async Coroutine Step(string name)
        {
            log.Add(name + "1");
            await Aio.Yield();
            log.Add(name + "2");
        }
    });

    [Fact]
    public void Arguments_AreEvaluatedAtTheCall_TheBodyAtTheAwait() => Run(async () =>
    {
        int value = 1;
        Coroutine<int> coroutine = Echo(value);
        value = 2;
        Assert.Equal(1, await coroutine);

        static async Coroutine<int> Echo(int given)
        {
            await Nothing();
            return given;
        }
    });

    [Fact]
    public void FinallyBlocks_RunOnTheWayOut() => Run(async () =>
    {
        var log = new List<string>();
        await Throws<FormatException>(Outer);
        Assert.Equal(["inner", "outer"], log);

        async Coroutine Outer()
        {
            try
            {
                await Inner();
            }
            finally
            {
                await Aio.Yield();
                log.Add("outer");
            }
        }

        async Coroutine Inner()
        {
            try
            {
                await Aio.Yield();
                throw new FormatException();
            }
            finally
            {
                await Aio.Yield();
                log.Add("inner");
            }
        }
    });

    [Fact]
    public void Default_WithoutAResult_IsACoroutineThatHasEnded() => Run(async () =>
    {
        await default(Coroutine);
        default(Coroutine).Discard();
        LoopTask task = Aio.CreateTask(default(Coroutine));
        Assert.False(task.IsDone);
        await task;
    });

    [Fact]
    public void Default_WithAResult_IsAnError() => Run(async () =>
    {
        default(Coroutine<int>).Discard();
        await Throws<InvalidOperationException>(async () => await default(Coroutine<int>));
        Assert.Throws<InvalidOperationException>(() => Aio.CreateTask(default(Coroutine<int>)));
    });

    [Fact]
    public void GenericMethodsAndLargeStructs_ComeThroughUnchanged() => Run(async () =>
    {
        Assert.Equal((1L, 2L, 3L, 4L, "five"), await Echo((1L, 2L, 3L, 4L, "five")));
        Assert.Equal(new[] { 1, 2 }, await Echo<int[]>([1, 2]));
        Assert.Null(await Echo<string?>(null));

        static async Coroutine<T> Echo<T>(T value)
        {
            T copy = value;
            await Aio.Yield();
            return copy;
        }
    });

    internal static async Coroutine Nothing() => await default(Coroutine);
}

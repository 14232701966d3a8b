namespace Gyre.Tests.Loop;

public class CallSoonTests
{
    /// <summary>CPython: BaseEventLoopTests.test_call_soon, EventLoopTestsMixin.test_call_soon.</summary>
    /// <remarks>Guarantee G-10.</remarks>
    [Fact]
    public void CallSoon_SeveralCallbacks_RunInTheOrderOfTheCalls()
    {
        using var test = new TestLoop();
        for (int i = 0; i < 200; i++)
        {
            test.Loop.CallSoon(test.Write($"{i}"));
        }

        test.Turn();
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), test.Log);
    }

    /// <summary>Guarantee G-10.</summary>
    [Fact]
    public void CallSoon_BeforeTheRun_RunsNothingInsideTheCall()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(test.Write("a"));
        Assert.Empty(test.Log);
    }

    /// <summary>Guarantee G-11.</summary>
    [Fact]
    public void CallSoon_FromACallback_WaitsForTheNextIteration()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            test.Log.Add("a");
            test.Loop.CallSoon(test.Write("c"));
        });
        test.Loop.CallSoon(test.Write("b"));
        test.Turn();
        Assert.Equal(["a", "b"], test.Log);
        test.Turn();
        Assert.Equal(["a", "b", "c"], test.Log);
    }

    /// <summary>Guarantee G-80.</summary>
    [Fact]
    public void CallSoon_ThatSchedulesItselfForEver_LeavesTimersTheirTurn()
    {
        using var test = new TestLoop();
        int turns = 0;
        void Again()
        {
            turns++;
            test.Clock.Advance(1.Milliseconds());
            test.Loop.CallSoon(Again);
        }

        test.Loop.CallSoon(Again);
        test.Loop.CallLater(10.Milliseconds(), test.Loop.Stop);
        test.Loop.RunForever();
        Assert.InRange(turns, 10, 12);
    }

    /// <summary>CPython: EventLoopTestsMixin.test_call_soon.</summary>
    [Fact]
    public void CallSoon_WithState_HandsTheStateOver()
    {
        using var test = new TestLoop();
        object state = new();
        object? seen = null;
        test.Loop.CallSoon(given => seen = given, state);
        test.Turn();
        Assert.Same(state, seen);
    }

    [Fact]
    public void CallSoon_WithNullState_IsAllowed()
    {
        using var test = new TestLoop();
        bool ran = false;
        test.Loop.CallSoon(given => ran = given is null, null);
        test.Turn();
        Assert.True(ran);
    }

    /// <summary>CPython: BaseEventLoopTests.test_call_soon_non_callable.</summary>
    [Fact]
    public void CallSoon_WithoutACallback_IsRefused()
    {
        using var test = new TestLoop();
        Assert.Throws<ArgumentNullException>(() => test.Loop.CallSoon((Action)null!));
        Assert.Throws<ArgumentNullException>(() => test.Loop.CallSoon(null!, new object()));
        Assert.Throws<ArgumentNullException>(() => test.Loop.CallSoonThreadSafe((Action)null!));
        Assert.Throws<ArgumentNullException>(() => test.Loop.CallSoonThreadSafe(null!, new object()));
        Assert.Throws<ArgumentNullException>(() => test.Loop.CallLater(1.Seconds(), (Action)null!));
        Assert.Throws<ArgumentNullException>(() => test.Loop.CallAt(1.Seconds(), (Action)null!));
    }

    [Fact]
    public void CallSoon_ManyInOneBurst_AllRunAndTheLoopGoesOn()
    {
        using var test = new TestLoop();
        int ran = 0;
        for (int i = 0; i < 300_000; i++)
        {
            test.Loop.CallSoon(() => ran++);
        }

        test.Turn();
        test.Loop.CallSoon(() => ran++);
        test.Turn();
        Assert.Equal(300_001, ran);
    }

    [Fact]
    public void CallSoon_WithACachedDelegate_AllocatesNothing()
    {
        using var test = new TestLoop();
        Action<object?> callback = static _ => { };
        object state = new();
        Assert.Equal(0, Allocations.Least(Calls));

        void Calls()
        {
            for (int i = 0; i < 60; i++)
            {
                test.Loop.CallSoon(callback, state);
            }

            test.Turn();
        }
    }
}

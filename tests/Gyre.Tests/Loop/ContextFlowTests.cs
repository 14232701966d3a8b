namespace Gyre.Tests.Loop;

/// <summary>Each callback runs in the context it was scheduled in, and leaves no trace in that of another.</summary>
public class ContextFlowTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    /// <summary>Guarantee G-35.</summary>
    [Fact]
    public void CallSoon_RunsInTheContextOfTheCall()
    {
        using var test = new TestLoop();
        s_local.Value = "one";
        test.Loop.CallSoon(() => test.Log.Add(s_local.Value!));
        s_local.Value = "two";
        test.Loop.CallSoon(() => test.Log.Add(s_local.Value!));
        s_local.Value = "three";
        test.Turn();
        Assert.Equal(["one", "two"], test.Log);
    }

    /// <summary>CPython: BaseTaskTests.test_context_1 and _2 have the same idea for tasks.</summary>
    /// <remarks>Guarantee G-35.</remarks>
    [Fact]
    public void CallSoon_ChangesOfACallback_StayInIt()
    {
        using var test = new TestLoop();
        s_local.Value = "mine";
        test.Loop.CallSoon(() => s_local.Value = "changed");
        test.Loop.CallSoon(() => test.Log.Add(s_local.Value!));
        test.Turn();
        Assert.Equal(["mine"], test.Log);
        Assert.Equal("mine", s_local.Value);
    }

    [Fact]
    public void CallSoon_FromACallback_RunsInThatCallbacksContext()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            s_local.Value = "inner";
            test.Loop.CallSoon(() => test.Log.Add(s_local.Value!));
        });
        test.Turns(2);
        Assert.Equal(["inner"], test.Log);
    }

    /// <summary>Guarantee G-35.</summary>
    [Fact]
    public void EveryWayToSchedule_TakesTheContextGiven()
    {
        using var test = new TestLoop();
        s_local.Value = "given";
        ExecutionContext given = ExecutionContext.Capture()!;
        s_local.Value = "current";
        Action write = () => test.Log.Add(s_local.Value!);
        Action<object?> writeWithState = _ => test.Log.Add(s_local.Value!);
        test.Loop.CallSoon(write, given);
        test.Loop.CallSoon(writeWithState, null, given);
        test.Loop.CallSoonThreadSafe(write, given);
        test.Loop.CallSoonThreadSafe(writeWithState, null, given);
        test.Loop.CallLater(TimeSpan.Zero, write, given);
        test.Loop.CallLater(TimeSpan.Zero, writeWithState, null, given);
        test.Loop.CallAt(TimeSpan.Zero, write, given);
        test.Loop.CallAt(TimeSpan.Zero, writeWithState, null, given);
        test.Turn();
        Assert.Equal(Enumerable.Repeat("given", 8), test.Log);
    }

    /// <summary>Guarantee G-35.</summary>
    [Fact]
    public void CallLater_RunsInTheContextOfTheCall()
    {
        using var test = new TestLoop();
        s_local.Value = "timer";
        test.Loop.CallLater(1.Seconds(), () => test.Log.Add(s_local.Value!));
        s_local.Value = null;
        test.RunFor(1.Seconds());
        Assert.Equal(["timer"], test.Log);
    }

    [Fact]
    public void CallSoonThreadSafe_RunsInTheContextOfTheOtherThread()
    {
        using var test = new TestLoop();
        var thread = new Thread(() =>
        {
            s_local.Value = "thread";
            test.Loop.CallSoonThreadSafe(() => test.Log.Add(s_local.Value!));
        });
        thread.Start();
        thread.Join();
        test.Turn();
        Assert.Equal(["thread"], test.Log);
    }

    [Fact]
    public void CallSoon_WhereTheFlowIsSuppressed_RunsInTheContextOfTheLoop()
    {
        s_local.Value = "maker";
        using var test = new TestLoop();
        s_local.Value = "caller";
        using (ExecutionContext.SuppressFlow())
        {
            test.Loop.CallSoon(() => test.Log.Add(s_local.Value!));
        }

        s_local.Value = "runner";
        test.Turn();
        Assert.Equal(["maker"], test.Log);
    }

    [Fact]
    public void Callback_ThatSuppressesTheFlow_DoesNotSuppressItForOthers()
    {
        using var test = new TestLoop();
        s_local.Value = "mine";
        test.Loop.CallSoon(() => ExecutionContext.SuppressFlow());
        test.Loop.CallSoon(() => test.Log.Add($"{ExecutionContext.IsFlowSuppressed()} {s_local.Value}"));
        test.Turn();
        Assert.Equal(["False mine"], test.Log);
        Assert.False(ExecutionContext.IsFlowSuppressed());
    }
}

namespace Gyre.Tests.Loop;

public class HandleTests
{
    /// <summary>CPython: HandleTests.test_handle, BaseEventLoopTests.test__add_callback_cancelled_handle.</summary>
    /// <remarks>Guarantee G-13.</remarks>
    [Fact]
    public void Cancel_BeforeTheTurn_KeepsTheCallbackFromRunning()
    {
        using var test = new TestLoop();
        Handle handle = test.Loop.CallSoon(test.Write("no"));
        test.Loop.CallSoon(test.Write("yes"));
        Assert.True(handle.IsPending);
        Assert.False(handle.IsCancelled);
        Assert.True(handle.Cancel());
        Assert.False(handle.IsPending);
        Assert.True(handle.IsCancelled);
        test.Turn();
        Assert.Equal(["yes"], test.Log);
    }

    [Fact]
    public void Cancel_Twice_OnlyTheFirstCallCounts()
    {
        using var test = new TestLoop();
        Handle handle = test.Loop.CallSoon(test.Write("no"));
        Assert.True(handle.Cancel());
        Assert.False(handle.Cancel());
    }

    [Fact]
    public void Cancel_AfterTheTurn_DoesNothing()
    {
        using var test = new TestLoop();
        Handle handle = test.Loop.CallSoon(test.Write("ran"));
        test.Turn();
        Assert.False(handle.Cancel());
        Assert.False(handle.IsPending);
        Assert.False(handle.IsCancelled);
    }

    [Fact]
    public void Cancel_AfterTheTurn_DoesNotTouchTheEntryThatHasItsPlaceNow()
    {
        using var test = new TestLoop();
        Handle old = test.Loop.CallSoon(test.Write("old"));
        for (int i = 0; i < 1000; i++)
        {
            test.Turn();
            test.Log.Clear();
            Handle handle = test.Loop.CallSoon(test.Write("new"));
            Assert.False(old.Cancel());
            Assert.NotEqual(old, handle);
        }

        test.Turn();
        Assert.Equal(["new"], test.Log);
    }

    /// <summary>Guarantee G-13.</summary>
    [Fact]
    public void Cancel_FromACallbackOfTheSameIteration_KeepsTheLaterOneFromRunning()
    {
        using var test = new TestLoop();
        Handle later = default;
        test.Loop.CallSoon(() => Assert.True(later.Cancel()));
        later = test.Loop.CallSoon(test.Write("no"));
        test.Loop.CallSoon(test.Write("yes"));
        test.Turn();
        Assert.Equal(["yes"], test.Log);
    }

    [Fact]
    public void Cancel_FromTheCallbackItself_DoesNothing()
    {
        using var test = new TestLoop();
        Handle handle = default;
        bool cancelled = true;
        handle = test.Loop.CallSoon(() => cancelled = handle.Cancel());
        test.Turn();
        Assert.False(cancelled);
    }

    [Fact]
    public void Cancel_LetsGoOfTheCallbackAndItsState()
    {
        using var test = new TestLoop();
        WeakReference state = CancelOne(test.Loop);
        Garbage.CollectUntil(() => !state.IsAlive);
    }

    [Fact]
    public void Default_IsNoCallback()
    {
        Handle none = default;
        Assert.False(none.IsPending);
        Assert.False(none.IsCancelled);
        Assert.False(none.Cancel());
        Assert.Equal(default, none);
    }

    /// <summary>CPython: TimerTests.test_hash has the same idea for timers.</summary>
    [Fact]
    public void Equals_TellsCallbacksApart()
    {
        using var test = new TestLoop();
        using var other = new TestLoop();
        Handle a = test.Loop.CallSoon(() => { });
        Handle b = test.Loop.CallSoon(() => { });
        Handle c = other.Loop.CallSoon(() => { });
        Handle copy = a;
        Assert.True(a == copy);
        Assert.True(a != b);
        Assert.False(a.Equals((object)c));
        Assert.False(a.Equals("a"));
        Assert.Equal(a.GetHashCode(), copy.GetHashCode());
    }

    [Fact]
    public void IsPending_AfterTheLoopClosed_IsFalse()
    {
        var test = new TestLoop();
        Handle soon = test.Loop.CallSoon(() => { });
        Handle posted = test.Loop.CallSoonThreadSafe(() => { });
        TimerHandle timer = test.Loop.CallLater(1.Seconds(), () => { });
        test.Dispose();
        Assert.False(soon.IsPending);
        Assert.False(posted.IsPending);
        Assert.False(timer.IsPending);
        Assert.False(soon.Cancel());
        Assert.False(posted.Cancel());
        Assert.False(timer.Cancel());
    }

    /// <summary>CPython: HandleTests.test_handle_repr.</summary>
    [Fact]
    public void ToString_TellsWhatWillRun()
    {
        using var test = new TestLoop();
        Handle named = test.Loop.CallSoon(Noop);
        Handle lambda = test.Loop.CallSoon(_ => { }, null);
        Handle posted = test.Loop.CallSoonThreadSafe(Noop);
        Assert.Equal("callback HandleTests.Noop", named.ToString());
        Assert.Equal($"callback lambda in HandleTests.{nameof(ToString_TellsWhatWillRun)}", lambda.ToString());
        Assert.Equal("callback of CallSoonThreadSafe", posted.ToString());
        lambda.Cancel();
        posted.Cancel();
        Assert.Equal("cancelled callback", lambda.ToString());
        Assert.Equal("cancelled callback", posted.ToString());
        test.Turn();
        Assert.Equal("callback that has run", named.ToString());
    }

    private static void Noop()
    {
    }

    private static WeakReference CancelOne(EventLoop loop)
    {
        object state = new();
        loop.CallSoon(_ => { }, state).Cancel();
        return new WeakReference(state);
    }
}

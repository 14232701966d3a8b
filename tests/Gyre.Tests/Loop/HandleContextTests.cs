namespace Gyre.Tests.Loop;

/// <summary>Handles tell the context that their callback runs in.</summary>
public class HandleContextTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    /// <summary>Guarantee G-35.</summary>
    [Fact]
    public void Context_OfEachKindOfHandle_IsTheOneGiven()
    {
        using var test = new TestLoop();
        ExecutionContext given = With("given");
        Assert.Same(given, test.Loop.CallSoon(() => { }, given).Context);
        Assert.Same(given, test.Loop.CallSoonThreadSafe(() => { }, given).Context);
        Assert.Same(given, test.Loop.CallLater(1.Seconds(), () => { }, given).Context);
        Assert.Same(given, test.Loop.CallAt(1.Seconds(), () => { }, given).Context);
    }

    [Fact]
    public void Context_WhenNoneIsGiven_IsTheCallers()
    {
        using var test = new TestLoop();
        s_local.Value = "callers";
        Assert.Equal("callers", ValueIn(test.Loop.CallSoon(() => { }).Context));
        Assert.Equal("callers", ValueIn(test.Loop.CallSoonThreadSafe(() => { }).Context));
        Assert.Equal("callers", ValueIn(test.Loop.CallLater(1.Seconds(), () => { }).Context));
        s_local.Value = null;
    }

    [Fact]
    public void Context_OfACallbackThatHasRunOrWasCancelled_IsForgotten()
    {
        using var test = new TestLoop();
        ExecutionContext given = With("given");
        Handle ran = test.Loop.CallSoon(() => { }, given);
        Handle posted = test.Loop.CallSoonThreadSafe(() => { }, given);
        Handle cancelled = test.Loop.CallSoon(() => { }, given);
        cancelled.Cancel();
        Assert.Null(cancelled.Context);
        test.Turn();
        Assert.Null(ran.Context);
        Assert.Null(posted.Context);
        Assert.Null(default(Handle).Context);
    }

    /// <summary>Guarantee G-35.</summary>
    [Fact]
    public void AddDoneCallback_WithAContext_RunsInIt()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        future.AddDoneCallback((Future<int> _) => test.Log.Add(s_local.Value!), With("given"));
        future.SetResult(1);
        test.Turn();
        Assert.Equal(["given"], test.Log);
    }

    private static ExecutionContext With(string value)
    {
        s_local.Value = value;
        ExecutionContext context = ExecutionContext.Capture()!;
        s_local.Value = null;
        return context;
    }

    private static string? ValueIn(ExecutionContext? context)
    {
        string? value = null;
        ExecutionContext.Run(context!, _ => value = s_local.Value, null);
        return value;
    }
}

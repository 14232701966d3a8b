namespace Gyre.Tests.Loop;

[Collection(nameof(SequentialCollection))]
public class ExceptionHandlerTests
{
    /// <summary>CPython: BaseEventLoopTests.test_set_exc_handler_custom. Guarantee G-92.</summary>
    /// <remarks>CPython: HandleTests.test_callback_with_exception.</remarks>
    [Fact]
    public void Callback_ThatThrows_IsReportedAndTheOthersRun()
    {
        using var test = new TestLoop();
        var error = new FormatException("x");
        Action bad = () => throw error;
        test.Loop.CallSoon(test.Write("a"));
        test.Loop.CallSoon(bad);
        test.Loop.CallSoon(test.Write("b"));
        test.Loop.CallSoon(bad);
        test.Loop.CallSoon(test.Write("c"));
        test.Turn();
        Assert.Equal(["a", "b", "c"], test.Log);
        Assert.Equal(2, test.Reports.Count);
        Assert.Same(error, test.Reports[0].Exception);
        Assert.Same(bad, test.Reports[0].Source);
    }

    /// <summary>CPython: BaseEventLoopTests.test_set_exc_handler_custom, the second half.</summary>
    [Fact]
    public void Handler_SetAndTakenAway_IsTheOneThatIsAsked()
    {
        using var loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller() });
        Assert.Null(loop.ExceptionHandler);
        var seen = new List<EventLoop>();
        Action<EventLoop, ExceptionContext> handler = (asked, _) => seen.Add(asked);
        loop.ExceptionHandler = handler;
        Assert.Same(handler, loop.ExceptionHandler);
        Fail();
        Assert.Same(loop, Assert.Single(seen));
        loop.ExceptionHandler = null;
        Assert.Null(loop.ExceptionHandler);
        Assert.Contains("told", StandardError(Fail), StringComparison.Ordinal);
        Assert.Single(seen);

        void Fail()
        {
            loop.CallSoon(() => throw new FormatException("told"));
            loop.Stop();
            loop.RunForever();
        }
    }

    [Fact]
    public void Callback_ThatThrows_EndsItsIterationInTheUsualPlace()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            test.Loop.CallSoon(test.Write("next"));
            throw new FormatException();
        });
        test.Loop.CallSoon(test.Write("same"));
        test.Turn();
        Assert.Equal(["same"], test.Log);
    }

    /// <summary>CPython: BaseEventLoopTests.test_default_exc_handler_callback.</summary>
    [Fact]
    public void TimerAndPostedCallback_ThatThrow_AreReported()
    {
        using var test = new TestLoop();
        test.Loop.CallLater(TimeSpan.Zero, () => throw new FormatException("timer"));
        test.Loop.CallSoonThreadSafe(() => throw new FormatException("posted"));
        test.Turn();
        Assert.Equal(["posted", "timer"], test.Reports.Select(report => report.Exception!.Message));
    }

    /// <summary>CPython: BaseEventLoopTests.test_set_exc_handler_broken. Guarantee G-93.</summary>
    /// <remarks>CPython: BaseEventLoopTests.test_default_exc_handler_broken.</remarks>
    [Fact]
    public void Handler_ThatThrows_LosesNeitherErrorNorLoop()
    {
        using var test = new TestLoop();
        test.Loop.ExceptionHandler = (_, _) => throw new NotSupportedException("handler's own");
        test.Loop.CallSoon(() => throw new FormatException("first error"));
        test.Loop.CallSoon(test.Write("after"));
        string written = StandardError(test.Turn);
        Assert.Contains("first error", written, StringComparison.Ordinal);
        Assert.Contains("handler's own", written, StringComparison.Ordinal);
        Assert.Equal(["after"], test.Log);
    }

    /// <summary>CPython: BaseEventLoopTests.test_default_exc_handler_callback.</summary>
    /// <remarks>CPython: BaseEventLoopTests.test_default_exc_handler_coro.</remarks>
    [Fact]
    public void NoHandler_WritesTheErrorToStandardError()
    {
        using var test = new TestLoop();
        test.Loop.ExceptionHandler = null;
        test.Loop.CallSoon(() => throw new FormatException("told"));
        string written = StandardError(test.Turn);
        Assert.StartsWith("gyre: A callback threw an exception.", written, StringComparison.Ordinal);
        Assert.Contains("System.FormatException: told", written, StringComparison.Ordinal);
    }

    /// <summary>CPython: BaseEventLoopTests.test_default_exc_handler_broken.</summary>
    [Fact]
    public void NoHandler_AndASourceThatCannotSayItsName_StillWritesTheError()
    {
        using var test = new TestLoop();
        test.Loop.ExceptionHandler = null;
        string written = StandardError(() => test.Loop.CallExceptionHandler(new ExceptionContext
        {
            Message = "It broke.",
            Exception = new FormatException("told"),
            Source = new Nameless(),
        }));
        Assert.Contains("It broke.", written, StringComparison.Ordinal);
        Assert.Contains("FormatException", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Handler_ThatGivesOn_MayCallTheDefaultOne()
    {
        using var test = new TestLoop();
        test.Loop.ExceptionHandler = (loop, context) => loop.DefaultExceptionHandler(context);
        test.Loop.CallSoon(() => throw new FormatException("given on"));
        Assert.Contains("given on", StandardError(test.Turn), StringComparison.Ordinal);
    }

    /// <summary>CPython: test_futures2, exception handler runs in the context of what failed.</summary>
    [Fact]
    public void Handler_RunsInTheContextOfWhatFailed()
    {
        using var test = new TestLoop();
        var local = new AsyncLocal<string>();
        string? seen = null;
        test.Loop.ExceptionHandler = (_, _) => seen = local.Value;
        local.Value = "of the callback";
        test.Loop.CallSoon(() => throw new FormatException());
        local.Value = "of the runner";
        test.Turn();
        Assert.Equal("of the callback", seen);
    }

    /// <summary>CPython: FutureTests.test_handle_exc_handler_correct_context.</summary>
    [Fact]
    public void Handler_SeesWhatTheCallbackHadSet()
    {
        using var test = new TestLoop();
        var local = new AsyncLocal<string> { Value = "before" };
        string? seen = null;
        test.Loop.ExceptionHandler = (_, _) => seen = local.Value;
        test.Loop.CallSoon(() =>
        {
            local.Value = "of the callback";
            throw new FormatException();
        });
        test.Turn();
        Assert.Equal("of the callback", seen);
        Assert.Equal("before", local.Value);
    }

    [Fact]
    public void CallExceptionHandler_WithoutAContext_IsRefused()
    {
        using var test = new TestLoop();
        Assert.Throws<ArgumentNullException>(() => test.Loop.CallExceptionHandler(null!));
        Assert.Throws<ArgumentNullException>(() => test.Loop.DefaultExceptionHandler(null!));
    }

    [Fact]
    public void ToString_OfAContext_NamesMessageSourceAndError()
    {
        var context = new ExceptionContext { Message = "It broke.", Source = "the source", Exception = new FormatException("x") };
        string[] lines = context.ToString().Split(Environment.NewLine);
        Assert.Equal("It broke.", lines[0]);
        Assert.Equal("source: the source", lines[1]);
        Assert.Equal("System.FormatException: x", lines[2]);
        Assert.Equal("Alone.", new ExceptionContext { Message = "Alone." }.ToString());
    }

    private static string StandardError(Action action)
    {
        TextWriter before = Console.Error;
        using var writer = new StringWriter();
        Console.SetError(writer);
        try
        {
            action();
        }
        finally
        {
            Console.SetError(before);
        }

        return writer.ToString();
    }

    private sealed class Nameless
    {
        public override string ToString() => throw new NotSupportedException("no name");
    }
}

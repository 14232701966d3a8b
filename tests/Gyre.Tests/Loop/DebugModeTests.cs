namespace Gyre.Tests.Loop;

/// <summary>What belongs to the loop's thread says so when it is called from another, in debug mode.</summary>
public class DebugModeTests
{
    public static TheoryData<string> Members { get; } =
    [
        "CallSoon", "CallLater", "CallAt", "Stop", "ExceptionHandler", "CreateTask", "AllTasks", "SetResult", "SetException",
        "Cancel", "AddDoneCallback", "RemoveDoneCallback", "Handle.Cancel", "TimerHandle.Cancel", "Task.Cancel", "Task.Uncancel",
    ];

    /// <summary>CPython: BaseEventLoopTests.test_check_thread. Guarantee G-4.</summary>
    [Theory]
    [MemberData(nameof(Members))]
    public void AnyMember_FromAnotherThread_IsRefused(string member)
    {
        using var test = new TestLoop(debug: true);
        Exception? error = CallFromAnotherThread(test, member);
        Assert.IsType<InvalidOperationException>(error);
        Assert.Contains("CallSoonThreadSafe", error.Message, StringComparison.Ordinal);
    }

    /// <summary>CPython: BaseEventLoopTests.test_check_thread, where the thread has a loop of its own.</summary>
    [Fact]
    public void CallSoon_FromAThreadThatRunsAnotherLoop_IsRefused()
    {
        using var test = new TestLoop(debug: true);
        Exception? error = null;
        test.Loop.CallSoon(() => OnThread(() =>
        {
            using var other = new TestLoop();
            other.Loop.CallSoon(() => error = Record.Exception(() => test.Loop.CallSoon(() => { })));
            other.Turn();
        }));
        test.Turn();
        Assert.IsType<InvalidOperationException>(error);
    }

    /// <summary>CPython: BaseEventLoopTests.test_check_thread, without debug mode.</summary>
    [Fact]
    public void CallSoon_FromAnotherThreadWithoutDebugMode_IsNotChecked()
    {
        using var test = new TestLoop();

        // The loop's thread waits meanwhile, so this mistake does no harm.
        Exception? error = null;
        test.Loop.CallSoon(() => error = OnThread(() =>
        {
            test.Loop.CallSoon(test.Write("soon"));
            test.Loop.CallLater(TimeSpan.Zero, test.Write("later"));
            test.Loop.CallAt(TimeSpan.Zero, test.Write("at"));
        }));
        test.Turns(2);
        Assert.Null(error);
        Assert.Equal(["at", "later", "soon"], test.Log.Order());
    }

    [Fact]
    public void AnyMember_WhileTheLoopDoesNotRun_IsAllowedOnAnyThread()
    {
        using var test = new TestLoop(debug: true);
        var thread = new Thread(() => test.Loop.CallSoon(test.Write("ran")));
        thread.Start();
        thread.Join();
        test.Turn();
        Assert.Equal(["ran"], test.Log);
    }

    [Fact]
    public void CallSoonThreadSafe_FromAnotherThread_IsAllowed()
    {
        using var test = new TestLoop(debug: true);
        Exception? error = null;
        test.Loop.CallSoon(() => error = OnThread(() => test.Loop.CallSoonThreadSafe(test.Write("ran"))));
        test.Turns(2);
        Assert.Null(error);
        Assert.Equal(["ran"], test.Log);
    }

    /// <summary>CPython: BaseEventLoopTests.test_set_debug.</summary>
    [Fact]
    public void Debug_CanBeTurnedOnAndOff()
    {
        using var test = new TestLoop();
        Assert.False(test.Loop.Debug);
        test.Loop.Debug = true;
        Assert.True(test.Loop.Debug);
        Assert.True(EventLoop.AnyDebug);
        test.Loop.Debug = false;
        Assert.False(test.Loop.Debug);
    }

    /// <summary>CPython: BaseEventLoopTests.test_env_var_debug.</summary>
    /// <remarks>CPython: RunTests.test_asyncio_run_debug.</remarks>
    [Theory]
    [InlineData("GYRE_DEBUG=", "False")]
    [InlineData("GYRE_DEBUG=0", "False")]
    [InlineData("GYRE_DEBUG=1", "True")]
    public void Debug_OfANewLoop_IsWhatTheEnvironmentSays(string variable, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sets a variable with Linux's env.");
        using var child = new ChildProcess("debug", variable);
        Assert.Equal(0, child.Finish(out string written));
        Assert.Equal([expected, "ended"], written.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static Exception? CallFromAnotherThread(TestLoop test, string member)
    {
        EventLoop loop = test.Loop;
        Exception? error = null;
        loop.CallSoon(() =>
        {
            Future<int> future = loop.CreateFuture<int>();
            LoopTask task = loop.CreateTask(Aio.Sleep(TimeSpan.Zero));
            Handle handle = loop.CallSoon(() => { });
            TimerHandle timer = loop.CallLater(1.Seconds(), () => { });
            Action call = member switch
            {
                "CallSoon" => () => loop.CallSoon(() => { }),
                "CallLater" => () => loop.CallLater(1.Seconds(), () => { }),
                "CallAt" => () => loop.CallAt(1.Seconds(), () => { }),
                "Stop" => loop.Stop,
                "ExceptionHandler" => () => loop.ExceptionHandler = null,
                "CreateTask" => () => CreateTask(loop),
                "AllTasks" => () => loop.AllTasks(),
                "SetResult" => () => future.SetResult(1),
                "SetException" => () => future.SetException(new FormatException()),
                "Cancel" => () => future.Cancel(),
                "AddDoneCallback" => () => future.AddDoneCallback(static (Future _) => { }),
                "RemoveDoneCallback" => () => future.RemoveDoneCallback(static (Future _) => { }),
                "Handle.Cancel" => () => handle.Cancel(),
                "TimerHandle.Cancel" => () => timer.Cancel(),
                "Task.Cancel" => () => task.Cancel(),
                "Task.Uncancel" => () => task.Uncancel(),
                _ => throw new ArgumentOutOfRangeException(nameof(member)),
            };
            error = OnThread(call);
        });
        test.Turns(3);
        return error;
    }

    private static void CreateTask(EventLoop loop)
    {
        Coroutine coroutine = Aio.Sleep(TimeSpan.Zero);
        try
        {
            loop.CreateTask(coroutine);
        }
        finally
        {
            coroutine.Discard();
        }
    }

    private static Exception? OnThread(Action action)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(action));
        thread.Start();
        thread.Join();
        return error;
    }
}

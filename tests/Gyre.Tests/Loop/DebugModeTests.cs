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

namespace Gyre.Tests.Tasks;

public class FutureCallbackTests
{
    /// <summary>CPython: BaseFutureDoneCallbackTests.test_callbacks_invoked_on_set_result, _on_set_exception.</summary>
    [Theory]
    [InlineData("result")]
    [InlineData("error")]
    [InlineData("cancel")]
    public void AddDoneCallback_AnyEnd_RunsThemInOrderInTheNextIteration(string end)
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        for (int i = 0; i < 10; i++)
        {
            int number = i;
            future.AddDoneCallback(done =>
            {
                Assert.Same(future, done);
                test.Log.Add($"{number}");
            });
        }

        End(future, end);
        Assert.Empty(test.Log);
        test.Turn();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), test.Log);
        _ = future.IsCancelled ? null : future.Exception;
    }

    [Fact]
    public void AddDoneCallback_ToADoneFuture_RunsInTheNextIteration()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        future.SetResult(1);
        future.AddDoneCallback(_ => test.Log.Add("late"));
        Assert.Empty(test.Log);
        test.Turn();
        Assert.Equal(["late"], test.Log);
    }

    /// <summary>CPython: BaseFutureDoneCallbackTests.test_callbacks_remove_first_callback, _remove_first_and_second,
    /// _remove_third_callback, test_remove_done_callback.</summary>
    [Theory]
    [InlineData("a", 2, "bcb")]
    [InlineData("b", 2, "aca")]
    [InlineData("c", 1, "abab")]
    [InlineData("d", 0, "abcab")]
    [InlineData("ab", 4, "c")]
    [InlineData("abc", 5, "")]
    public void RemoveDoneCallback_RemovesItAsOftenAsItWasAdded(string remove, int count, string left)
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        var callbacks = "abcd".ToDictionary(name => name, name => (Action<Future<int>>)(_ => test.Log.Add($"{name}")));
        foreach (char name in "abcab")
        {
            future.AddDoneCallback(callbacks[name]);
        }

        Assert.Equal(count, remove.Sum(name => future.RemoveDoneCallback(callbacks[name])));
        future.SetResult(1);
        test.Turn();
        Assert.Equal(left, string.Concat(test.Log));
    }

    [Fact]
    public void RemoveDoneCallback_OfTheOnlyOne_LeavesNone()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Action<Future> callback = _ => test.Log.Add("no");
        future.AddDoneCallback(callback);
        Assert.Equal(1, future.RemoveDoneCallback(callback));
        Assert.Equal(0, future.RemoveDoneCallback(callback));
        future.SetResult(1);
        test.Turn();
        Assert.Empty(test.Log);
    }

    [Fact]
    public void RemoveDoneCallback_AfterTheEnd_ComesTooLate()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Action<Future> callback = _ => test.Log.Add("ran");
        future.AddDoneCallback(callback);
        future.SetResult(1);
        Assert.Equal(0, future.RemoveDoneCallback(callback));
        test.Turn();
        Assert.Equal(["ran"], test.Log);
    }

    /// <summary>CPython: BaseFutureDoneCallbackTests.test_schedule_callbacks_list_mutation_1 and _2.</summary>
    [Fact]
    public void Callbacks_ThatAddAndRemove_DisturbNobody()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Action<Future> last = _ => test.Log.Add("last");
        future.AddDoneCallback(done =>
        {
            test.Log.Add("first");
            done.RemoveDoneCallback(last);
            done.AddDoneCallback(_ => test.Log.Add("added"));
        });
        future.AddDoneCallback(last);
        future.SetResult(1);
        test.Turn();
        Assert.Equal(["first", "last"], test.Log);
        test.Turn();
        Assert.Equal(["first", "last", "added"], test.Log);
    }

    [Fact]
    public void Callback_ThatThrows_IsReportedAndTheOthersRun()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        future.AddDoneCallback(_ => throw new FormatException("x"));
        future.AddDoneCallback(_ => test.Log.Add("ran"));
        future.SetResult(1);
        test.Turn();
        Assert.Equal(["ran"], test.Log);
        Assert.IsType<FormatException>(Assert.Single(test.Reports).Exception);
    }

    [Fact]
    public void Callback_RunsInTheContextOfItsRegistrationOrTheOneGiven()
    {
        using var test = new TestLoop();
        var local = new AsyncLocal<string> { Value = "given" };
        ExecutionContext given = ExecutionContext.Capture()!;
        Future<int> future = test.Loop.CreateFuture<int>();
        local.Value = "registration";
        future.AddDoneCallback(_ => test.Log.Add(local.Value));
        future.AddDoneCallback((Future _) => test.Log.Add(local.Value), given);
        local.Value = "end";
        future.SetResult(1);
        test.Turn();
        Assert.Equal(["registration", "given"], test.Log);
    }

    [Fact]
    public void AddDoneCallback_OfATask_GivesTheTaskUnderItsOwnType()
    {
        using var test = new TestLoop();
        LoopTask<int> task = test.Loop.CreateTask(Aio.Sleep(1.Seconds(), 5));
        Action<LoopTask<int>> typed = done => test.Log.Add($"typed {done.Result}");
        Action<LoopTask<int>> removed = _ => test.Log.Add("no");
        task.AddDoneCallback(typed);
        task.AddDoneCallback(removed);
        ((Future)task).AddDoneCallback(done => test.Log.Add($"plain {done.IsDone}"));
        Assert.Equal(1, task.RemoveDoneCallback(removed));
        test.RunFor(2.Seconds());
        Assert.Equal(["typed 5", "plain True"], test.Log);
    }

    [Fact]
    public void AddDoneCallback_OfNull_IsRefused()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        Assert.Throws<ArgumentNullException>(() => future.AddDoneCallback((Action<Future<int>>)null!));
        Assert.Throws<ArgumentNullException>(() => ((Future)future).AddDoneCallback(null!));
        Assert.Throws<ArgumentNullException>(() => future.RemoveDoneCallback((Action<Future<int>>)null!));
        Assert.Throws<ArgumentNullException>(() => ((Future)future).RemoveDoneCallback(null!));
    }

    private static void End(Future<int> future, string end)
    {
        switch (end)
        {
            case "result":
                future.SetResult(1);
                break;
            case "error":
                future.SetException(new FormatException());
                break;
            default:
                future.Cancel();
                break;
        }
    }
}

using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Diagnostics;

/// <summary>Arguments, text and edges of call graphs, beyond CPython's tests.</summary>
public class CallGraphDetailTests
{
    [Fact]
    public void Capture_OutsideOfALoop_NeedsAFuture()
    {
        Assert.Throws<InvalidOperationException>(() => Aio.CaptureCallGraph());
        using var test = new TestLoop();
        LoopTask task = test.Loop.CreateTask(Forever());
        test.Turn();
        FutureCallGraph graph = Aio.CaptureCallGraph(task)!;
        Assert.Same(task, graph.Future);
        Assert.Equal("Forever", Assert.Single(graph.CallStack).Method);
        Assert.Empty(graph.AwaitedBy);
        task.Cancel();
        test.Turns(3);
        Assert.Empty(Aio.CaptureCallGraph(task)!.CallStack);
    }

    [Fact]
    public void Capture_InACallback_IsNull()
    {
        using var test = new TestLoop();
        test.Loop.CallSoon(() =>
        {
            Assert.Null(Aio.CaptureCallGraph());
            Assert.Equal("", Aio.FormatCallGraph());
            test.Log.Add("asked");
        });
        test.Turn();
        Assert.Equal(["asked"], test.Log);
        Assert.Empty(test.Reports);
    }

    [Fact]
    public void Capture_FromAnotherThread_IsRefused() => Run(async () =>
    {
        LoopTask task = Aio.CurrentTask!;
        await Throws<InvalidOperationException>(async () => await Task.Run(() => Aio.CaptureCallGraph(task)));
    });

    [Theory]
    [InlineData(null, "Leaf Middle Root")]
    [InlineData(2, "Leaf Middle")]
    [InlineData(-2, "Middle Root")]
    [InlineData(0, "")]
    [InlineData(int.MinValue, "Leaf Middle Root")]
    public void Limit_KeepsTheInnermostOrTheOutermost(int? limit, string methods) => Run(async () =>
    {
        LoopTask suspended = Aio.CreateTask(Root(() => { }));
        await Turns(3);
        Assert.Equal(methods, Methods(Aio.CaptureCallGraph(suspended, limit: limit)!));
        suspended.Cancel();

        string? running = null;
        LoopTask task = Aio.CreateTask(Root(() => running = Methods(Aio.CaptureCallGraph(depth: 1, limit: limit)!)));
        await Turns(3);
        Assert.Equal(methods, running);
        task.Cancel();

        static async Coroutine Root(Action action) => await Middle(action);

        static async Coroutine Middle(Action action) => await Leaf(action);

        static async Coroutine Leaf(Action action)
        {
            await Aio.Yield();
            action();
            await Forever2();
        }

        static Future<int> Forever2() => EventLoop.Running.CreateFuture<int>();
    });

    [Fact]
    public void Format_OfARunningTask_HasClassFileAndLine() => Run(async () =>
    {
        Aio.CurrentTask!.Name = "main";
        LoopTask task = Aio.CreateTask(Work(), name: "work");
        await task;

        static async Coroutine Work()
        {
            await Aio.Yield();
            string text = Aio.FormatCallGraph();
            string[] lines = text.Split(Environment.NewLine);
            Assert.Equal("* task 'work'", lines[0]);
            Assert.Equal("  + Call stack:", lines[1]);
            Assert.StartsWith("  |   async CallGraphDetailTests.Work() in ", lines[2], StringComparison.Ordinal);
            Assert.Matches(@"CallGraphDetailTests\.cs:line \d+$", lines[2]);
            Assert.Equal("  + Awaited by:", lines[3]);
            Assert.Equal("    * task 'main'", lines[4]);
            Assert.Equal("      + Call stack:", lines[5]);
            Assert.StartsWith("      |   async CallGraphDetailTests.lambda in Format_", lines[6], StringComparison.Ordinal);
            Assert.Equal(7, lines.Length);
            using var file = new StringWriter();
            Aio.PrintCallGraph(file: file);
            Assert.Equal(lines.Length + 1, file.ToString().Split(Environment.NewLine).Length);
        }
    });

    [Fact]
    public void Tasks_ThatWaitInACircle_AreShownOnce() => Run(async () =>
    {
        LoopTask? first = null;
        LoopTask second = Aio.CreateTask(First(), name: "second");
        first = Aio.CreateTask(Second(), name: "first");
        await Turns(3);
        FutureCallGraph graph = Aio.CaptureCallGraph(first)!;
        FutureCallGraph awaiter = Assert.Single(graph.AwaitedBy);
        Assert.Same(second, awaiter.Future);
        Assert.Empty(awaiter.AwaitedBy);
        first.Cancel();

        async Coroutine First() => await first!;

        async Coroutine Second() => await second;
    });

    [Fact]
    public void LongChainOfTasks_IsCapturedAndWritten() => Run(async () =>
    {
        const int Count = 2_000;
        LoopTask innermost = Aio.CreateTask(Forever());
        LoopTask task = innermost;
        for (int i = 0; i < Count; i++)
        {
            task = Aio.CreateTask(Await(task));
        }

        await Turns(3);
        int depth = 0;
        for (FutureCallGraph? graph = Aio.CaptureCallGraph(innermost); graph is not null;)
        {
            graph = graph.AwaitedBy.SingleOrDefault();
            depth++;
        }

        Assert.Equal(Count + 1, depth);
        Assert.Contains("in", Aio.FormatCallGraph(innermost) + "in", StringComparison.Ordinal);
        task.Cancel();

        static async Coroutine Await(LoopTask task) => await task;
    });

    [Fact]
    public void Awaiters_OfEachCombinator_AreTheTasksThatWait() => Run(async () =>
    {
        Aio.CurrentTask!.Name = "main";
        await Check(async future => await Aio.WaitFor(future, 5.Seconds()));
        await Check(async future => await Aio.Wait([future]));
        await Check(async future => await Aio.Gather(future));
        await Check(async future => await Aio.GatherOutcomes(future));
        await Check(async future => await Aio.Shield(future));
        await Check(async future => await Aio.Gather(Aio.Shield(future)));
        await Check(async future =>
        {
            await foreach (Future<int> _ in Aio.AsCompleted([future]))
            {
            }
        });
        await Check(async future => await Plain(future));
        await Check(async future => await Task.WhenAll(Plain(future), Plain(future)));

        static async Coroutine Check(Func<Future<int>, Coroutine> wait)
        {
            Future<int> future = EventLoop.Running.CreateFuture<int>();
            LoopTask task = Aio.CreateTask(wait(future));
            await Turns(3);
            FutureCallGraph graph = Aio.CaptureCallGraph(future)!;
            Assert.Same(task, Assert.Single(graph.AwaitedBy).Future);
            task.Cancel();
            await Turns(5);
            Assert.Empty(Aio.CaptureCallGraph(future)!.AwaitedBy);
        }

        static async Task Plain(Future<int> future) => await future;
    });

    [Fact]
    public void PlainMethods_AreAPartOfTheStack() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Work());
        await Turns(3);
        Assert.Equal("PlainInner PlainOuter Work", Methods(Aio.CaptureCallGraph(task)!));
        task.Cancel();

        static async Coroutine Work() => await PlainOuter();

        static async Task PlainOuter() => await PlainInner();

        static async ValueTask PlainInner() => await EventLoop.Running.CreateFuture<int>();
    });

    /// <summary>asyncio: <c>future_add_to_awaited_by</c>, <c>future_discard_from_awaited_by</c>.</summary>
    [Fact]
    public void AwaitedBy_ThatWasAdded_IsShownUntilItIsDiscarded() => Run(async () =>
    {
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        LoopTask waiter = Aio.CurrentTask!;
        Aio.FutureAddToAwaitedBy(future, waiter);
        Aio.FutureAddToAwaitedBy(future, waiter);
        Assert.Same(waiter, Assert.Single(Aio.CaptureCallGraph(future)!.AwaitedBy).Future);
        Aio.FutureDiscardFromAwaitedBy(future, waiter);
        Assert.Empty(Aio.CaptureCallGraph(future)!.AwaitedBy);
        Aio.FutureAddToAwaitedBy(future, waiter);
        future.SetResult(1);
        Aio.FutureAddToAwaitedBy(future, waiter);
        await Turns(2);
        Assert.Empty(Aio.CaptureCallGraph(future)!.AwaitedBy);
    });

    /// <summary>CPython: BaseTaskTests.test_get_stack. The whole chain is given, and not its last frame.</summary>
    [Fact]
    public void GetStack_OfASuspendedTask_HasTheLatestLast() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Outer());
        await Turns(2);
        Assert.Equal(["Outer", "Inner"], task.GetStack().Select(entry => entry.Method));
        Assert.Equal(["Inner"], task.GetStack(limit: 1).Select(entry => entry.Method));
        Assert.Empty(task.GetStack(limit: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => task.GetStack(-1));
        using var file = new StringWriter();
        task.PrintStack(file: file);
        Assert.Equal(
            $"""
            Stack for {task} (most recent call last):
              async CallGraphDetailTests.Outer()
              async CallGraphDetailTests.Inner()

            """,
            file.ToString(),
            ignoreLineEndingDifferences: true);
        task.Cancel();
        await Throws<CancelledException>(task);
        Assert.Empty(task.GetStack());

        static async Coroutine Outer() => await Inner();

        static async Coroutine Inner() => await EventLoop.Running.CreateFuture<int>();
    });

    /// <summary>CPython: BaseTaskTests.test_get_stack; CoroutineTests.test_task_print_stack.</summary>
    [Fact]
    public void Stack_OfTheRunningTask_EndsWhereItAsks() => Run(async () =>
    {
        await Foo();

        static async Coroutine Foo()
        {
            await Aio.Yield();
            LoopTask task = Aio.CurrentTask!;
            FrameCallGraphEntry last = task.GetStack()[^1];
            Assert.Equal(("Foo", "CallGraphDetailTests", true), (last.Method, last.DeclaringType, last.IsAsync));
            Assert.EndsWith("CallGraphDetailTests.cs", last.File, StringComparison.Ordinal);
            Assert.True(last.Line > 0);
            using var file = new StringWriter();
            task.PrintStack(file: file);
            Assert.StartsWith($"Stack for {task} (most recent call last):", file.ToString(), StringComparison.Ordinal);
            Assert.Contains("async CallGraphDetailTests.Foo() in ", file.ToString(), StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Stack_OfAFailedTask_IsThatOfItsErrorAndLeavesItUnretrieved()
    {
        List<ExceptionContext> reports = Reports(async () =>
        {
            LoopTask task = Aio.CreateTask(Outer(), name: "bad");
            await Aio.Wait([task]);
            Assert.Equal(["Outer", "Inner"], task.GetStack().Select(entry => entry.Method).Distinct());
            Assert.Equal("Outer", Assert.Single(task.GetStack(limit: 1)).Method);
            using var file = new StringWriter();
            task.PrintStack(file: file);
            Assert.StartsWith($"Traceback for {task} (most recent call last):", file.ToString(), StringComparison.Ordinal);
            Assert.EndsWith("System.FormatException: broken" + Environment.NewLine, file.ToString(), StringComparison.Ordinal);
            Assert.NotNull(task.Exception);
        });
        Assert.Empty(reports);

        static async Coroutine Outer() => await Inner();

        static async Coroutine Inner()
        {
            await Aio.Yield();
            throw new FormatException("broken");
        }
    }

    [Fact]
    public void PrintStack_OfATaskThatEndedWell_SaysSo() => Run(async () =>
    {
        LoopTask task = Aio.CreateTask(Turns());
        await task;
        using var file = new StringWriter();
        task.PrintStack(file: file);
        Assert.Equal($"No stack for {task}", file.ToString().TrimEnd());
    });

    [Theory]
    [InlineData("<FetchAsync>d__5", "FetchAsync")]
    [InlineData("<<Fetch>g__Inner|0_1>d", "Inner")]
    [InlineData("<<Fetch>b__0_1>d", "lambda in Fetch")]
    [InlineData("<<<Main>$>g__Ask|0_3>d", "Ask")]
    [InlineData("<<<Main>$>b__0_0>d", "lambda in Main")]
    [InlineData("<Fetch>g__Inner|0_1", "Inner")]
    [InlineData("<<Main>$>g__Ask|0_3", "Ask")]
    [InlineData("Fetch", "Fetch")]
    public void NameOfTheCompiler_IsReadBack(string name, string method) =>
        Assert.Equal(method, StateMachineName.Of(name));

    private static string Methods(FutureCallGraph graph) => string.Join(' ', graph.CallStack.Select(entry => entry.Method));
}

using System.Runtime.CompilerServices;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Diagnostics;

/// <summary>Who waits for whom, as CPython's test_graph.py has it. A coroutine is written <c>a Name</c>, a method
/// <c>s Name</c>.</summary>
public class CallGraphTests
{
    /// <summary>CPython: CallStackTestBase.test_stack_tgroup.</summary>
    [Fact]
    public void TaskGroup_IsAwaitedByItsParentAndWhoeverAwaitsTheTask() => Run(async () =>
    {
        string? graph = null;
        await Main();
        Assert.Equal(
            Lines(
                "T<c2_root>: s C5, a C4, a C3, a C2",
                "  T<main>: a Exit, a Run, a Main, a lambda in TaskGroup_IsAwaitedByItsParentAndWhoeverAwaitsTheTask",
                "  T<sub_main_1>: a C1",
                "    T<main>: a Exit, a Run, a Main, a lambda in TaskGroup_IsAwaitedByItsParentAndWhoeverAwaitsTheTask",
                "  T<sub_main_2>: a C1",
                "    T<main>: a Exit, a Run, a Main, a lambda in TaskGroup_IsAwaitedByItsParentAndWhoeverAwaitsTheTask"),
            graph);

        async Coroutine Main()
        {
            Aio.CurrentTask!.Name = "main";
            await Aio.TaskGroup(async group =>
            {
                LoopTask task = group.CreateTask(C2(), name: "c2_root");
                _ = group.CreateTask(C1(task), name: "sub_main_1");
                _ = group.CreateTask(C1(task), name: "sub_main_2");
                await default(Coroutine);
            });
        }

        static async Coroutine C1(LoopTask task) => await task;

        async Coroutine C2() => await C3();

        async Coroutine C3() => await C4();

        async Coroutine C4()
        {
            await Aio.Yield();
            C5();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        void C5() => graph = Captured();
    });

    /// <summary>CPython: CallStackTestBase.test_stack_async_gen. A coroutine that an iterator awaits has a task
    /// of its own.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AsyncIterator_StandsBetweenTheCoroutines(bool afterAnAwait) => Run(async () =>
    {
        string? graph = null;
        await Main();
        Assert.Equal(
            Lines(
                "T: a GenNestedCall",
                "  T<main>: a Gen, a Main, a lambda in AsyncIterator_StandsBetweenTheCoroutines"),
            graph);

        async Coroutine Main()
        {
            Aio.CurrentTask!.Name = "main";
            await foreach (int _ in Gen())
            {
            }
        }

        async IAsyncEnumerable<int> Gen()
        {
            for (int i = 0; i < 2; i++)
            {
                yield return i;
                if (i == 1)
                {
                    await GenNestedCall();
                }
            }
        }

        async Coroutine GenNestedCall()
        {
            if (afterAnAwait)
            {
                await Aio.Sleep(1.Seconds());
            }

            graph = Captured();
        }
    });

    /// <summary>CPython: CallStackTestBase.test_stack_gather.</summary>
    [Fact]
    public void Gather_IsAwaitedByWhoeverAwaitsTheResults() => Run(async () =>
    {
        string? graph = null;
        await Main();
        Assert.Equal(
            Lines(
                "T: a Deep, a C1",
                "  T<main>: a Main, a lambda in Gather_IsAwaitedByWhoeverAwaitsTheResults"),
            graph);

        async Coroutine Main()
        {
            Aio.CurrentTask!.Name = "main";
            await Aio.Gather(C1(), C2());
        }

        async Coroutine C1()
        {
            await Aio.Yield();
            await Deep();
        }

        static async Coroutine C2() => await Aio.Yield();

        async Coroutine Deep()
        {
            await Aio.Yield();
            graph = Captured();
        }
    });

    /// <summary>CPython: CallStackTestBase.test_stack_shield.</summary>
    [Fact]
    public void Shield_IsAwaitedByWhoeverAwaitsIt() => Run(async () =>
    {
        string? graph = null;
        await Main();
        Assert.Equal(
            Lines(
                "T: a Deep, a C1",
                "  T<main>: a Main, a lambda in Shield_IsAwaitedByWhoeverAwaitsIt"),
            graph);

        async Coroutine Main()
        {
            Aio.CurrentTask!.Name = "main";
            await Aio.Shield(C1());
        }

        async Coroutine C1()
        {
            await Aio.Yield();
            await Deep();
        }

        async Coroutine Deep()
        {
            await Aio.Yield();
            graph = Captured();
        }
    });

    /// <summary>CPython: CallStackTestBase.test_stack_timeout. The body is a lambda.</summary>
    [Fact]
    public void Timeout_IsAPartOfTheStack() => Run(async () =>
    {
        string? graph = null;
        await Main();
        Assert.Equal(
            Lines(
                "T: a Inner, a lambda in Timeout_IsAPartOfTheStack, a Run, a C1",
                "  T<main>: a Main, a lambda in Timeout_IsAPartOfTheStack"),
            graph);

        async Coroutine Main()
        {
            Aio.CurrentTask!.Name = "main";
            await Aio.Shield(C1());
        }

        async Coroutine C1() => await Aio.Timeout(1.Seconds(), async _ =>
        {
            await Aio.Yield();
            await Inner();
        });

        async Coroutine Inner()
        {
            await Aio.Yield();
            graph = Captured();
        }
    });

    /// <summary>CPython: CallStackTestBase.test_stack_wait.</summary>
    [Fact]
    public void Wait_IsAwaitedByWhoeverWaits() => Run(async () =>
    {
        string? graph = null;
        LoopTask t1 = Aio.CreateTask(C1());
        LoopTask t2 = Aio.CreateTask(C2());
        await Main();
        await t1;
        await t2;
        Assert.Equal(
            Lines(
                "T: a Inner, a C1",
                "  T<main>: a Wait, a Main, a lambda in Wait_IsAwaitedByWhoeverWaits"),
            graph);

        async Coroutine Main()
        {
            Aio.CurrentTask!.Name = "main";
            while ((await Aio.Wait([t1, t2])).Pending.Count > 0)
            {
            }
        }

        async Coroutine C1()
        {
            await Aio.Yield();
            await Inner();
        }

        static async Coroutine C2() => await Turns(3);

        async Coroutine Inner()
        {
            await Aio.Yield();
            graph = Captured();
        }
    });

    /// <summary>CPython: CallStackTestBase.test_stack_task.</summary>
    [Fact]
    public void Task_IsAwaitedByAnother() => Run(async () =>
    {
        string? graph = null;
        await Main();
        Assert.Equal(
            Lines(
                "T<there there>: a Inner, a C1",
                "  T<main>: a C2, a Main, a lambda in Task_IsAwaitedByAnother"),
            graph);

        async Coroutine Main()
        {
            Aio.CurrentTask!.Name = "main";
            await C2();
        }

        async Coroutine C2() => await Aio.CreateTask(C1(), name: "there there");

        async Coroutine C1() => await Inner();

        async Coroutine Inner()
        {
            await Aio.Yield();
            graph = Captured();
        }
    });

    /// <summary>CPython: CallStackTestBase.test_stack_future.</summary>
    [Fact]
    public void Future_IsAwaitedByTasks() => Run(async () =>
    {
        string? graph = null;
        Aio.CurrentTask!.Name = "main";
        Future<int> future = EventLoop.Running.CreateFuture<int>();
        await Aio.TaskGroup(async group =>
        {
            _ = group.CreateTask(A1(), name: "task A");
            _ = group.CreateTask(B1(), name: "task B");
            await Turns(5);
            graph = Captured(future);
            Assert.StartsWith("* Future", Aio.FormatCallGraph(future), StringComparison.Ordinal);
            future.SetResult(1);
        });
        Assert.Equal(
            Lines(
                "F:",
                "  T<task A>: a A2, a A1",
                "    T<main>: a lambda in Future_IsAwaitedByTasks, a Run, a lambda in Future_IsAwaitedByTasks",
                "  T<task B>: a B1",
                "    T<main>: a lambda in Future_IsAwaitedByTasks, a Run, a lambda in Future_IsAwaitedByTasks"),
            graph);

        async Coroutine A1() => await A2();

        async Coroutine A2() => await future;

        async Coroutine B1() => await future;
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Captured(Future? future = null) =>
        Write(Aio.CaptureCallGraph(future, depth: future is null ? 1 : 0)!, "");

    private static string Write(FutureCallGraph graph, string indent)
    {
        string who = graph.Future is not LoopTask task ? "F"
            : task.Name.StartsWith("Task-", StringComparison.Ordinal) ? "T" : $"T<{task.Name}>";
        string calls = string.Join(", ", graph.CallStack.Select(entry => (entry.IsAsync ? "a " : "s ") + entry.Method));
        IEnumerable<string> awaiters = graph.AwaitedBy
            .OrderBy(awaiter => ((LoopTask)awaiter.Future).Name, StringComparer.Ordinal)
            .Select(awaiter => Write(awaiter, indent + "  "));
        return Lines([$"{indent}{who}: {calls}".TrimEnd(), .. awaiters]);
    }

    private static string Lines(params IEnumerable<string> lines) => string.Join('\n', lines);
}

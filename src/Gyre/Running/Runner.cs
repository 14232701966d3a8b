using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre;

/// <summary>A loop for several runs of coroutines, one after another, with an orderly end.</summary>
/// <remarks>The thread that runs it owns it. All runs share one context: it begins as a copy of the caller's when the
/// loop is made, and what one run has set the next one finds. asyncio: <c>Runner</c>.</remarks>
public sealed class Runner : IDisposable
{
    /// <summary>How long the end waits for calls in the default executor.</summary>
    private static readonly TimeSpan s_executorJoinMax = TimeSpan.FromMinutes(5);

    // Below the overloads that know the result.
    private const int UntypedPriority = -1;

    private readonly Func<EventLoop> _makeLoop;
    private EventLoop? _loop;
    private ExecutionContext? _context;
    private bool _closed;

    /// <summary>Makes a runner. The loop is made on first use.</summary>
    /// <param name="options">How the loop is made; debug mode is one of them.</param>
    public Runner(EventLoopOptions? options = null)
        : this(() => new EventLoop(options ?? new EventLoopOptions()))
    {
    }

    /// <summary>Makes a runner for a loop that somebody else makes.</summary>
    /// <param name="loopFactory">Called once, on first use. The runner closes the loop. asyncio:
    /// <c>loop_factory</c>.</param>
    public Runner(Func<EventLoop> loopFactory)
    {
        ArgumentNullException.ThrowIfNull(loopFactory);
        _makeLoop = loopFactory;
    }

    /// <summary>The runner's loop. asyncio: <c>get_loop</c>.</summary>
    /// <exception cref="InvalidOperationException">The runner is closed.</exception>
    public EventLoop Loop
    {
        get
        {
            if (_closed)
            {
                throw new InvalidOperationException("The runner is closed. Make a new one.");
            }

            if (_loop is null)
            {
                _loop = _makeLoop() ?? throw new InvalidOperationException("The runner's loop factory returned no loop.");
                _context = ExecutionContext.Capture();
            }

            return _loop;
        }
    }

    /// <summary>Runs a coroutine to its end. asyncio: <c>Runner.run</c>.</summary>
    /// <param name="main">The coroutine.</param>
    /// <param name="context">The context of this run alone; the runner's own when null.</param>
    /// <remarks>On Ctrl-C the coroutine is cancelled; a second Ctrl-C ends the process.</remarks>
    /// <exception cref="InvalidOperationException">The runner is closed, or this thread runs a loop
    /// already.</exception>
    public void Run(Coroutine main, ExecutionContext? context = null) => Run(
        CreateMain(main, context, static (loop, main, context) => loop.CreateTask(main, context: context)),
        keepContext: context is null);

    /// <inheritdoc cref="Run(Coroutine, ExecutionContext?)"/>
    /// <returns>The coroutine's result.</returns>
    public T Run<T>(Coroutine<T> main, ExecutionContext? context = null) =>
        RunToResult(main, context, static (loop, main, context) => loop.CreateTask(main, context: context));

    /// <summary>Runs until anything that can be awaited has ended: a future or task of this loop, a BCL task.</summary>
    /// <inheritdoc cref="Run(Coroutine, ExecutionContext?)"/>
    /// <param name="main">On Ctrl-C a future or task is cancelled; a BCL task is let go of.</param>
    /// <param name="context">The context of this run alone; the runner's own when null.</param>
    [OverloadResolutionPriority(UntypedPriority)]
    public void Run(Awaitable main, ExecutionContext? context = null)
    {
        main.ThrowIfNone();
        Run(
            CreateMain(main, context, static (loop, main, context) => loop.CreateTask(Await(main), context: context)),
            keepContext: context is null);
    }

    /// <inheritdoc cref="Run(Awaitable, ExecutionContext?)"/>
    /// <returns>The result.</returns>
    public T Run<T>(IAwaitable<T> main, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        return RunToResult(main, context, static (loop, main, context) => loop.CreateTask(Await(main), context: context));
    }

    /// <inheritdoc cref="Run(Awaitable, ExecutionContext?)"/>
    /// <returns>The task's result.</returns>
    public T Run<T>(Task<T> main, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        return RunToResult(main, context, static (loop, main, context) => loop.CreateTask(Await(main), context: context));
    }

    /// <summary>Ends the runner: cancels the tasks that are left, waits for them, closes the async iterators of
    /// <c>Aio.Iterate</c> that were left half-way, ends the default executor and closes the loop.</summary>
    /// <remarks>Errors of those tasks go to the loop's exception handler. Calling it again does nothing.</remarks>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        if (_loop is not { } loop)
        {
            return;
        }

        try
        {
            CancelAllTasks(loop);
        }
        finally
        {
            ShutDownAndClose(loop);
        }
    }

    private static void ShutDownAndClose(EventLoop loop)
    {
        try
        {
            if (loop.FindAttachment<IteratorRegistry>() is { HasOpen: true })
            {
                loop.RunUntilComplete(loop.ShutdownAsyncgens());
            }

            if (loop.FindAttachment<DefaultExecutorSlot>() is { IsUsed: true })
            {
                loop.RunUntilComplete(loop.ShutdownDefaultExecutor(s_executorJoinMax));
            }
        }
        finally
        {
            loop.Close();
        }
    }

    private static void CancelAllTasks(EventLoop loop)
    {
        IReadOnlyList<LoopTask> left = loop.AllTasks();
        if (left.Count == 0)
        {
            return;
        }

        foreach (LoopTask task in left)
        {
            task.Cancel();
        }

        loop.RunUntilComplete(WaitForAll(left));
        foreach (LoopTask task in left)
        {
            if (task.RetrieveError() is { } error)
            {
                loop.CallExceptionHandler(new ExceptionContext
                {
                    Message = $"The runner cancelled {task.Describe()} at its end, and it threw an exception.",
                    Exception = error.SourceException,
                    Source = task,
                });
            }
        }
    }

    private static async Coroutine WaitForAll(IReadOnlyList<LoopTask> tasks) =>
        await Waiting.Wait(tasks, timeout: null, WhenDone.All);

    private static async Coroutine Await(Awaitable main) => await main;

    private static async Coroutine<T> Await<T>(IAwaitable<T> main) => await main;

    private static async Coroutine<T> Await<T>(Task<T> main) => await BclBridge.Wrap(EventLoop.Running, main);

    private T RunToResult<TMain, T>(
        TMain main, ExecutionContext? context, Func<EventLoop, TMain, ExecutionContext?, LoopTask<T>> create)
    {
        LoopTask<T> task = CreateMain(main, context, create);
        Run(task, keepContext: context is null);
        return task.Result;
    }

    private TTask CreateMain<TCoroutine, TTask>(
        TCoroutine main, ExecutionContext? context, Func<EventLoop, TCoroutine, ExecutionContext?, TTask> create)
    {
        if (EventLoop.RunningOrNull is not null)
        {
            throw new InvalidOperationException(
                "This thread already runs an event loop. Await the coroutine instead of running it.");
        }

        EventLoop loop = Loop;
        return create(loop, main, context ?? _context);
    }

    private void Run(LoopTask task, bool keepContext)
    {
        EventLoop loop = Loop;
        int interrupts = 0;
        using PosixSignalRegistration? registration = ListenForInterrupt(signal =>
        {
            if (Interlocked.Increment(ref interrupts) == 1)
            {
                // The first one asks; the second finds the default action, which ends the process.
                signal.Cancel = true;
                loop.TryPostThreadSafe(Callbacks.Action, (Action)(() => task.Cancel()), null);
            }
        });
        try
        {
            loop.RunUntilComplete(task);
        }
        finally
        {
            if (keepContext)
            {
                _context = task.Context ?? _context;
            }
        }
    }

    /// <summary>Some systems have no such signal; there a coroutine is not interrupted.</summary>
    private static PosixSignalRegistration? ListenForInterrupt(Action<PosixSignalContext> handler)
    {
        if (OperatingSystem.IsBrowser() || OperatingSystem.IsAndroid()
            || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS())
        {
            return null;
        }

        return PosixSignalRegistration.Create(PosixSignal.SIGINT, handler);
    }
}

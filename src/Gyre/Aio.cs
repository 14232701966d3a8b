using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>The library's static face: what the <c>asyncio</c> module is to Python.</summary>
/// <remarks>Everything but <c>Run</c> is for the thread of a running loop, inside coroutines and callbacks.</remarks>
public static partial class Aio
{
    /// <summary>The task whose step is running, or null outside of any task. asyncio: <c>current_task</c>.</summary>
    public static LoopTask? CurrentTask => EventLoop.Running.CurrentTask;

    /// <summary>The loop that runs on this thread. asyncio: <c>get_running_loop</c>.</summary>
    public static EventLoop RunningLoop => EventLoop.Running;

    /// <summary>A token that is cancelled together with the current task, to pass to BCL calls.</summary>
    /// <remarks>Read it anew for each call: one token stands for one request. See
    /// <see cref="LoopTask.CancellationToken"/>.</remarks>
    /// <exception cref="InvalidOperationException">No task is running.</exception>
    public static CancellationToken CancellationToken => (CurrentTask ?? throw new InvalidOperationException(
        "No task is running here. The token belongs to a task; read it inside a coroutine.")).CancellationToken;

    /// <summary>Runs a coroutine in a new loop on this thread, and returns when it has ended. asyncio:
    /// <c>run</c>.</summary>
    /// <param name="main">The coroutine.</param>
    /// <param name="options">How the loop is made.</param>
    /// <remarks>At the end the tasks that are left are cancelled and waited for, the threads of the default
    /// executor are joined, and the loop is closed. On Ctrl-C the coroutine is cancelled; a second Ctrl-C
    /// ends the process.</remarks>
    /// <exception cref="InvalidOperationException">This thread runs a loop already.</exception>
    /// <exception cref="OperationCanceledException">The coroutine was cancelled, for example by Ctrl-C.</exception>
    public static void Run(Coroutine main, EventLoopOptions? options = null)
    {
        using var runner = new Runner(options);
        runner.Run(main);
    }

    /// <inheritdoc cref="Run(Coroutine, EventLoopOptions?)"/>
    /// <returns>The coroutine's result.</returns>
    public static T Run<T>(Coroutine<T> main, EventLoopOptions? options = null)
    {
        using var runner = new Runner(options);
        return runner.Run(main);
    }

    /// <summary>Runs a new loop on this thread until a BCL task, or what else can be awaited, has ended.</summary>
    /// <inheritdoc cref="Run(Coroutine, EventLoopOptions?)"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static void Run(Awaitable main, EventLoopOptions? options = null)
    {
        using var runner = new Runner(options);
        runner.Run(main);
    }

    /// <inheritdoc cref="Run(Awaitable, EventLoopOptions?)"/>
    /// <returns>The task's result.</returns>
    public static T Run<T>(Task<T> main, EventLoopOptions? options = null)
    {
        using var runner = new Runner(options);
        return runner.Run(main);
    }

    /// <inheritdoc cref="Run(Coroutine, EventLoopOptions?)"/>
    public static void Run(Func<Coroutine> main, EventLoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        Run(main(), options);
    }

    /// <inheritdoc cref="Run(Coroutine, EventLoopOptions?)"/>
    /// <returns>The coroutine's result.</returns>
    public static T Run<T>(Func<Coroutine<T>> main, EventLoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        return Run(main(), options);
    }
}

namespace Gyre;

public static partial class Aio
{
    /// <summary>Runs a function on a thread of the default executor, so that it may block. asyncio:
    /// <c>to_thread</c>.</summary>
    /// <param name="function">Runs once, in a copy of the task's context.</param>
    /// <returns>A coroutine of its result: nothing begins before that is awaited.</returns>
    /// <remarks>Loop thread only. On cancel: a function that has not begun will not run; one that runs goes
    /// on, its result is dropped, and an error of it goes to the loop's exception handler. To have it end,
    /// give it <see cref="CancellationToken"/>.</remarks>
    /// <exception cref="InvalidOperationException">The loop's default executor was shut down.</exception>
    public static async Coroutine<T> ToThread<T>(Func<T> function) =>
        await EventLoop.Running.RunInExecutor(null, function);

    /// <inheritdoc cref="ToThread{T}(Func{T})"/>
    public static async Coroutine ToThread(Action action) =>
        await EventLoop.Running.RunInExecutor(null, action);

    /// <summary>Runs a coroutine on a loop, from another thread. asyncio:
    /// <c>run_coroutine_threadsafe</c>.</summary>
    /// <param name="coroutine">A coroutine that has not been awaited.</param>
    /// <param name="loop">The loop. It may be running already, or be run later.</param>
    /// <param name="cancellationToken">Cancels the coroutine's task. One that has not begun does not
    /// run.</param>
    /// <returns>A BCL task that ends as the coroutine does. If the loop is closed before, it fails.</returns>
    /// <remarks>Any thread. Coroutines of one thread begin in the order of its calls, in the caller's
    /// context. Do not block the loop's own thread on the task that is returned.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed. The coroutine was dropped.</exception>
    public static Task RunCoroutineThreadSafe(
        Coroutine coroutine, EventLoop loop, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loop);
        return new CoroutineCall<VoidResult>(
            loop,
            () => loop.CreateTask(coroutine, cancellationToken: cancellationToken),
            coroutine.Discard,
            cancellationToken).Begin();
    }

    /// <inheritdoc cref="RunCoroutineThreadSafe(Coroutine, EventLoop, CancellationToken)"/>
    public static Task<T> RunCoroutineThreadSafe<T>(
        Coroutine<T> coroutine, EventLoop loop, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loop);
        return new CoroutineCall<T>(
            loop,
            () => loop.CreateTask(coroutine, cancellationToken: cancellationToken),
            coroutine.Discard,
            cancellationToken).Begin();
    }

    /// <inheritdoc cref="RunCoroutineThreadSafe(Coroutine, EventLoop, CancellationToken)"/>
    /// <param name="coroutine">Called on the loop's thread, to make the coroutine.</param>
    /// <param name="loop">The loop. It may be running already, or be run later.</param>
    /// <param name="cancellationToken">Cancels the coroutine's task. One that has not begun does not
    /// run.</param>
    public static Task RunCoroutineThreadSafe(
        Func<Coroutine> coroutine, EventLoop loop, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(coroutine);
        ArgumentNullException.ThrowIfNull(loop);
        return new CoroutineCall<VoidResult>(
            loop,
            () => loop.CreateTask(coroutine(), cancellationToken: cancellationToken),
            drop: null,
            cancellationToken).Begin();
    }

    /// <inheritdoc cref="RunCoroutineThreadSafe(Func{Coroutine}, EventLoop, CancellationToken)"/>
    public static Task<T> RunCoroutineThreadSafe<T>(
        Func<Coroutine<T>> coroutine, EventLoop loop, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(coroutine);
        ArgumentNullException.ThrowIfNull(loop);
        return new CoroutineCall<T>(
            loop,
            () => loop.CreateTask(coroutine(), cancellationToken: cancellationToken),
            drop: null,
            cancellationToken).Begin();
    }
}

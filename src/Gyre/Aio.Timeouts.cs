using System.Runtime.CompilerServices;

namespace Gyre;

public static partial class Aio
{
    /// <summary>Runs a body, and cancels it when it takes too long. asyncio: <c>timeout</c>.</summary>
    /// <param name="delay">The limit from now; null for none.</param>
    /// <param name="body">Runs inside the current task, without a trip through the loop.</param>
    /// <remarks>The body's result, errors and foreign cancellation leave unchanged. On expiry the current
    /// task is cancelled once, and the cancellation leaves as a <see cref="TimeoutException"/> after the body
    /// has cleaned up. Guarantees G-44, G-45.</remarks>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    /// <exception cref="InvalidOperationException">No task is running.</exception>
    public static Coroutine Timeout(TimeSpan? delay, Func<TimeoutScope, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return TimeoutScope.Run(delay, fromNow: true, body);
    }

    /// <inheritdoc cref="Timeout(TimeSpan?, Func{TimeoutScope, Coroutine})"/>
    /// <returns>The body's result.</returns>
    public static Coroutine<T> Timeout<T>(TimeSpan? delay, Func<TimeoutScope, Coroutine<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return TimeoutScope.Run(delay, fromNow: true, body);
    }

    /// <summary>Runs a body, and cancels it when it has not ended at a time on the loop's clock. asyncio:
    /// <c>timeout_at</c>.</summary>
    /// <param name="when">A time as <see cref="EventLoop.Time"/> tells it; null for no limit. When it has passed
    /// already, the body is cancelled at its first wait that lasts beyond this iteration.</param>
    /// <param name="body">Runs inside the current task, without a trip through the loop.</param>
    /// <remarks>As <see cref="Timeout(TimeSpan?, Func{TimeoutScope, Coroutine})"/>, for several blocks that share one
    /// deadline. Guarantees G-44, G-45.</remarks>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    /// <exception cref="InvalidOperationException">No task is running.</exception>
    public static Coroutine TimeoutAt(TimeSpan? when, Func<TimeoutScope, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return TimeoutScope.Run(when, fromNow: false, body);
    }

    /// <inheritdoc cref="TimeoutAt(TimeSpan?, Func{TimeoutScope, Coroutine})"/>
    /// <returns>The body's result.</returns>
    public static Coroutine<T> TimeoutAt<T>(TimeSpan? when, Func<TimeoutScope, Coroutine<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return TimeoutScope.Run(when, fromNow: false, body);
    }

    /// <summary>Awaits a coroutine, and cancels it when it takes too long. asyncio: <c>wait_for</c>.</summary>
    /// <param name="coroutine">Runs inside the current task.</param>
    /// <param name="timeout">The limit from now. Null for none; zero or less cancels it before its first step.</param>
    /// <remarks>Returns or throws only after what was awaited has ended. A result that comes in the moment of the
    /// deadline is returned. Guarantees G-44, G-46.</remarks>
    /// <exception cref="TimeoutException">It did not end in time, and has been cancelled.</exception>
    public static Coroutine<T> WaitFor<T>(Coroutine<T> coroutine, TimeSpan? timeout) =>
        Waiting.WaitFor(coroutine, timeout);

    /// <summary>Waits for a task or future, and cancels it when it takes too long.</summary>
    /// <inheritdoc cref="WaitFor{T}(Coroutine{T}, TimeSpan?)"/>
    /// <param name="awaitable">Cancelled when the time is over.</param>
    /// <param name="timeout">The limit from now. Null for none; zero or less: it must be done already.</param>
    public static async Coroutine<T> WaitFor<T>(IAwaitable<T> awaitable, TimeSpan? timeout)
    {
        Future future = FutureOf(EventLoop.Running, awaitable);
        await Waiting.WaitFor(future, timeout);
        return Result<T>(future);
    }

    /// <summary>Waits for a BCL task, and lets go of it when it takes too long. It runs on then.</summary>
    /// <inheritdoc cref="WaitFor{T}(Coroutine{T}, TimeSpan?)"/>
    /// <param name="task">Give its call the token of <see cref="CancellationToken"/> if it is to end too.</param>
    /// <param name="timeout">The limit from now. Null for none; zero or less: it must be done already.</param>
    public static async Coroutine<T> WaitFor<T>(Task<T> task, TimeSpan? timeout)
    {
        Future<T> future = WrapFuture(task);
        await Waiting.WaitForWrapped(future, task, timeout);
        return future.Result;
    }

    /// <inheritdoc cref="WaitFor{T}(Task{T}, TimeSpan?)"/>
    public static Coroutine<T> WaitFor<T>(ValueTask<T> task, TimeSpan? timeout) => WaitFor(task.AsTask(), timeout);

    /// <summary>Waits for anything that can be awaited, without its result, and cancels it when it takes too
    /// long.</summary>
    /// <inheritdoc cref="WaitFor{T}(Coroutine{T}, TimeSpan?)"/>
    /// <param name="awaitable">A coroutine runs inside the current task. A BCL task is let go of, not
    /// cancelled.</param>
    /// <param name="timeout">The limit from now. Null for none; zero or less cancels a coroutine before its first
    /// step.</param>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Coroutine WaitFor(Awaitable awaitable, TimeSpan? timeout) => Waiting.WaitFor(awaitable, timeout);

    /// <summary>Waits until futures are done, and says which are. asyncio: <c>wait</c>.</summary>
    /// <param name="futures">At least one. Duplicates count once.</param>
    /// <param name="timeout">The limit from now; null for none. When it is over, what is not done is returned
    /// as pending.</param>
    /// <param name="returnWhen">When to return.</param>
    /// <remarks>Never throws an error of the futures and never cancels them. On cancel: nothing happens to
    /// them either. That is why it takes no coroutines: the tasks made of them would be nobody's. Guarantee
    /// G-31.</remarks>
    /// <exception cref="ArgumentException">No future was given.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="returnWhen"/> is none of its
    /// values.</exception>
    public static Coroutine<WaitResult<TFuture>> Wait<TFuture>(
        IEnumerable<TFuture> futures, TimeSpan? timeout = null, WhenDone returnWhen = WhenDone.All)
        where TFuture : Future
    {
        ArgumentNullException.ThrowIfNull(futures);
        if (returnWhen is < WhenDone.All or > WhenDone.FirstException)
        {
            throw new ArgumentOutOfRangeException(
                nameof(returnWhen), returnWhen, "Choose one of WhenDone.All, WhenDone.First and WhenDone.FirstException.");
        }

        return Waiting.Wait(futures, timeout, returnWhen);
    }

    /// <summary>Futures one after another, in the order in which they end. asyncio: <c>as_completed</c>.</summary>
    /// <param name="futures">Duplicates count once.</param>
    /// <param name="timeout">The limit for all of them, from now; null for none.</param>
    /// <returns>The futures that were given, for <c>await foreach</c>. After the limit it throws a
    /// <see cref="TimeoutException"/>.</returns>
    /// <remarks>Guarantee G-30. On cancel: what the cancelled call did not give comes with the next one.</remarks>
    public static CompletionSequence<TFuture> AsCompleted<TFuture>(
        IEnumerable<TFuture> futures, TimeSpan? timeout = null)
        where TFuture : Future
    {
        ArgumentNullException.ThrowIfNull(futures);
        return new CompletionSequence<TFuture>(EventLoop.Running, futures, timeout);
    }

    /// <summary>Makes tasks of coroutines, and yields them in the order in which they end.</summary>
    /// <inheritdoc cref="AsCompleted{TFuture}(IEnumerable{TFuture}, TimeSpan?)"/>
    public static CompletionSequence<LoopTask<T>> AsCompleted<T>(
        IEnumerable<Coroutine<T>> coroutines, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        return AsCompleted(coroutines.Select(coroutine => CreateTask(coroutine)).ToList(), timeout);
    }

    /// <inheritdoc cref="AsCompleted{T}(IEnumerable{Coroutine{T}}, TimeSpan?)"/>
    [OverloadResolutionPriority(TuplePriority)]
    public static CompletionSequence<LoopTask> AsCompleted(IEnumerable<Coroutine> coroutines, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(coroutines);
        return AsCompleted(coroutines.Select(coroutine => CreateTask(coroutine)).ToList(), timeout);
    }

    /// <summary>Awaitables of different kinds, in the order in which they end. It yields futures: those that were given,
    /// and those that stand for coroutines and BCL tasks.</summary>
    /// <inheritdoc cref="AsCompleted{TFuture}(IEnumerable{TFuture}, TimeSpan?)"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static CompletionSequence<Future> AsCompleted(IEnumerable<Awaitable> awaitables, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(awaitables);
        return AsCompleted(awaitables.Select(EnsureFuture).ToList(), timeout);
    }
}

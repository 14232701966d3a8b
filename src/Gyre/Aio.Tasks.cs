using System.Runtime.CompilerServices;

namespace Gyre;

public static partial class Aio
{
    /// <summary>Makes a task of a coroutine on the running loop. asyncio: <c>create_task</c>.</summary>
    /// <inheritdoc cref="EventLoopTaskExtensions.CreateTask(EventLoop, Coroutine, string?, ExecutionContext?,
    /// bool?, CancellationToken, string?, int)"/>
    public static LoopTask CreateTask(
        Coroutine coroutine,
        string? name = null,
        ExecutionContext? context = null,
        bool? eagerStart = null,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0) =>
        EventLoop.Running.CreateTask(coroutine, name, context, eagerStart, cancellationToken, file, line);

    /// <inheritdoc cref="CreateTask(Coroutine, string?, ExecutionContext?, bool?, CancellationToken, string?, int)"/>
    public static LoopTask<T> CreateTask<T>(
        Coroutine<T> coroutine,
        string? name = null,
        ExecutionContext? context = null,
        bool? eagerStart = null,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0) =>
        EventLoop.Running.CreateTask(coroutine, name, context, eagerStart, cancellationToken, file, line);

    /// <summary>A factory for <c>loop.TaskFactory</c> that starts every task eagerly, unless its caller says
    /// <c>eagerStart: false</c>. asyncio: <c>eager_task_factory</c>.</summary>
    /// <remarks>A task that need not wait ends inside the call that makes it, without a turn of the loop. Guarantee
    /// G-22.</remarks>
    public static LoopTaskFactory EagerTaskFactory => Gyre.EagerTaskFactory.Instance;

    /// <summary>An eager factory that has its tasks made by another one. asyncio:
    /// <c>create_eager_task_factory</c>.</summary>
    /// <param name="factory">Gets the options with <see cref="LoopTaskOptions.EagerStart"/> set.</param>
    public static LoopTaskFactory CreateEagerTaskFactory(LoopTaskFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new EagerTaskFactory(factory);
    }

    /// <summary>The tasks of the running loop that are not done, in the order of their creation. asyncio:
    /// <c>all_tasks</c>.</summary>
    public static IReadOnlyList<LoopTask> AllTasks() => EventLoop.Running.AllTasks();

    /// <summary>Waits for a time. Zero or less lets everything else that is ready run first.</summary>
    /// <remarks>Guarantees G-12, G-25. On cancel: the timer is removed. asyncio: <c>sleep</c>.</remarks>
    public static Coroutine Sleep(TimeSpan delay) => Sleeping.Call(delay);

    /// <summary>Waits for a time and returns <paramref name="result"/>. asyncio: <c>sleep(delay, result)</c>.</summary>
    /// <inheritdoc cref="Sleep(TimeSpan)"/>
    public static Coroutine<T> Sleep<T>(TimeSpan delay, T result) => Sleeping.Call(delay, result);

    /// <summary>Lets everything else that is ready run first. The cheapest wait. asyncio: <c>sleep(0)</c>.</summary>
    /// <remarks>For long computations. A task whose awaits all end at once gives way by itself after so many of them, see
    /// <see cref="EventLoopOptions.StepBudget"/>; but only here is it cancelled. Guarantee G-25.</remarks>
    public static YieldAwaitable Yield() => new(EventLoop.Running);

    /// <summary>A future that ends as an awaitable does. asyncio: <c>ensure_future</c>.</summary>
    /// <returns>A future or task is returned as it is; a coroutine becomes a task; a BCL task is wrapped.</returns>
    /// <remarks>Loop thread only. For code that takes any awaitable. Where the kind is known,
    /// <see cref="CreateTask(Coroutine, string?, ExecutionContext?, bool?, CancellationToken, string?, int)"/> and
    /// <see cref="WrapFuture(Task)"/> say what is meant, and keep the result's type.</remarks>
    /// <exception cref="InvalidOperationException">A future of another loop.</exception>
    public static Future EnsureFuture(Awaitable awaitable) => awaitable.ToFuture(EventLoop.Running);

    /// <summary>Protects a coroutine from the cancellation of the one who awaits it. asyncio: <c>shield</c>.</summary>
    /// <returns>A future that ends as the inner task does. Cancelling it leaves the task running.</returns>
    /// <remarks>Loop thread only. An error of the task after the future was cancelled goes to the exception
    /// handler. Guarantees G-32, G-97.</remarks>
    public static Future<T> Shield<T>(Coroutine<T> coroutine) => Shielding.Shield<T>(CreateTask(coroutine));

    /// <inheritdoc cref="Shield{T}(Coroutine{T})"/>
    public static Future<T> Shield<T>(IAwaitable<T> awaitable) =>
        Shielding.Shield<T>(FutureOf(EventLoop.Running, awaitable));

    /// <inheritdoc cref="Shield{T}(Coroutine{T})"/>
    public static Future<T> Shield<T>(Task<T> task) => Shielding.Shield<T>(WrapFuture(task));

    /// <inheritdoc cref="Shield{T}(Coroutine{T})"/>
    public static Future<T> Shield<T>(ValueTask<T> task) => Shielding.Shield<T>(WrapFuture(task));

    /// <inheritdoc cref="Shield{T}(Coroutine{T})"/>
    [OverloadResolutionPriority(UntypedPriority)]
    public static Future Shield(Awaitable awaitable) => Shielding.Shield<VoidResult>(EnsureFuture(awaitable));

    /// <summary>A future of the running loop that ends as a BCL task does. asyncio: <c>wrap_future</c>.</summary>
    /// <remarks>Loop thread only. On cancel: the future lets go of the task, which runs on.</remarks>
    public static Future<T> WrapFuture<T>(Task<T> task) => BclBridge.Wrap(EventLoop.Running, task);

    /// <inheritdoc cref="WrapFuture{T}(Task{T})"/>
    public static Future WrapFuture(Task task) => BclBridge.Wrap(EventLoop.Running, task);

    /// <inheritdoc cref="WrapFuture{T}(Task{T})"/>
    public static Future<T> WrapFuture<T>(ValueTask<T> task) => WrapFuture(task.AsTask());

    /// <inheritdoc cref="WrapFuture{T}(Task{T})"/>
    public static Future WrapFuture(ValueTask task) => WrapFuture(task.AsTask());
}

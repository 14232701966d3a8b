using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>A task with a result.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks>As <see cref="LoopTask"/>.</remarks>
public sealed class LoopTask<T> : LoopTask, IFutureResult<T>, IAwaitable<T>
{
    private T? _result;

    internal LoopTask(TaskRegistry registry, CoroutineBox<T> root, in LoopTaskOptions options)
        : base(registry, root, options)
    {
    }

    /// <summary>The result of a task that is done. Never waits. asyncio: <c>result()</c>.</summary>
    /// <exception cref="CancelledException">The task was cancelled.</exception>
    /// <exception cref="InvalidStateException">The task is not done.</exception>
    public T Result
    {
        [StackTraceHidden]
        get
        {
            ThrowIfNotSuccessful();
            return _result!;
        }
    }

    /// <summary>The result of a future that is known to have one.</summary>
    internal T ResultOfSuccess => _result!;

    Awaitable IAwaitable<T>.AsAwaitable() => this;

    /// <summary>Awaits the result. For the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public new LoopTaskAwaiter<T> GetAwaiter() => new(this);

    /// <inheritdoc cref="Future.AddDoneCallback"/>
    public void AddDoneCallback(Action<LoopTask<T>> callback, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        AddWrappedCallback(callback, task => callback((LoopTask<T>)task), context);
    }

    /// <inheritdoc cref="Future.RemoveDoneCallback(Action{Future})"/>
    public int RemoveDoneCallback(Action<LoopTask<T>> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RemoveWrappedCallback(callback);
    }

    private protected override string? DescribeResult() => DescribeResult(_result);

    private protected override void FinishWithResult(CoroutineBox root)
    {
        // The root that the constructor was given: its type need not be asked for.
        _result = Unsafe.As<CoroutineBox<T>>(root).TakeResult(root.Version);
        TryFinish();
    }
}

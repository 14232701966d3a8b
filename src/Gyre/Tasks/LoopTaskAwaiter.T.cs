using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Awaits the result of a <see cref="LoopTask{T}"/>. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct LoopTaskAwaiter<T> : ICriticalNotifyCompletion, IReferenceAwaiter
{
    private readonly LoopTask<T> _task;

    internal LoopTaskAwaiter(LoopTask<T> task) => _task = task;

    /// <inheritdoc cref="FutureAwaiter.IsCompleted"/>
    public bool IsCompleted => _task.IsDone ? FutureAwaiting.GoesOn(_task) : FutureAwaiting.MustWait(_task);

    /// <summary>Ends the await: returns the result or throws the error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T GetResult()
    {
        FutureAwaiting.ToThrow(_task)?.Throw();
        return _task.ResultOfSuccess;
    }

    /// <inheritdoc cref="FutureAwaiter.OnCompleted"/>
    public void OnCompleted(Action continuation) => FutureAwaiting.OnCompleted(_task, continuation);

    /// <inheritdoc cref="FutureAwaiter.OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) => FutureAwaiting.OnCompleted(_task, continuation);
}

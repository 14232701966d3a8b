using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Awaits the result of a <see cref="Future{T}"/>. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct FutureAwaiter<T> : ICriticalNotifyCompletion, IReferenceAwaiter
{
    private readonly Future<T> _future;

    internal FutureAwaiter(Future<T> future) => _future = future;

    /// <inheritdoc cref="FutureAwaiter.IsCompleted"/>
    public bool IsCompleted => _future.IsDone ? FutureAwaiting.GoesOn(_future) : FutureAwaiting.MustWait(_future);

    /// <summary>Ends the await: returns the result or throws the error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T GetResult()
    {
        FutureAwaiting.ToThrow(_future)?.Throw();
        return _future.ResultOfSuccess;
    }

    /// <inheritdoc cref="FutureAwaiter.OnCompleted"/>
    public void OnCompleted(Action continuation) => FutureAwaiting.OnCompleted(_future, continuation);

    /// <inheritdoc cref="FutureAwaiter.OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) => FutureAwaiting.OnCompleted(_future, continuation);
}

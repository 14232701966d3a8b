using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Awaits the end of a future. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct FutureAwaiter : ICriticalNotifyCompletion, IReferenceAwaiter
{
    private readonly Future _future;

    internal FutureAwaiter(Future future) => _future = future;

    /// <summary>Whether the future is done.</summary>
    /// <exception cref="InvalidOperationException">The future belongs to another loop, or is the running task
    /// itself.</exception>
    public bool IsCompleted => _future.IsDone ? FutureAwaiting.GoesOn(_future) : FutureAwaiting.MustWait(_future);

    /// <summary>Ends the await: returns, or throws the future's error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetResult() => FutureAwaiting.ToThrow(_future)?.Throw();

    /// <summary>Schedules <paramref name="continuation"/> on the loop for when the future is done.</summary>
    public void OnCompleted(Action continuation) => FutureAwaiting.OnCompleted(_future, continuation);

    /// <inheritdoc cref="OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) => FutureAwaiting.OnCompleted(_future, continuation);
}

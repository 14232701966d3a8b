using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Awaits a <see cref="Coroutine{T}"/>. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct CoroutineAwaiter<T> : ICriticalNotifyCompletion, ICoroutineAwaiter
{
    private readonly CoroutineBox<T> _box;
    private readonly int _version;

    internal CoroutineAwaiter(CoroutineBox<T> box, int version)
    {
        _box = box;
        _version = version;
    }

    /// <inheritdoc cref="CoroutineAwaiter.IsCompleted"/>
    public bool IsCompleted => CoroutineAwaiting.IsCompleted(_box, _version);

    /// <summary>Ends the await: returns the coroutine's result or throws its error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T GetResult() => _box.TakeResult(_version);

    /// <inheritdoc cref="CoroutineAwaiter.OnCompleted"/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc cref="CoroutineAwaiter.OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) => CoroutineAwaiting.RunDetached(_box, continuation);
}

using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Awaits a <see cref="Coroutine"/>. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct CoroutineAwaiter : ICriticalNotifyCompletion, ICoroutineAwaiter
{
    private readonly CoroutineBox<VoidResult>? _box;
    private readonly int _version;

    internal CoroutineAwaiter(CoroutineBox<VoidResult>? box, int version)
    {
        _box = box;
        _version = version;
    }

    /// <summary>Whether there is nothing to wait for.</summary>
    /// <exception cref="InvalidOperationException">The coroutine was awaited before.</exception>
    public bool IsCompleted => _box is null
        ? CoroutineAwaiting.GoesOn(EventLoop.RunningOrNull)
        : CoroutineAwaiting.IsCompleted(_box, _version);

    /// <summary>Ends the await: returns, or throws the coroutine's error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetResult() => _box?.TakeResult(_version);

    /// <summary>Runs the coroutine in a task of its own and calls <paramref name="continuation"/> on the loop when
    /// it ends.</summary>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc cref="OnCompleted"/>
    public void UnsafeOnCompleted(Action continuation) =>
        CoroutineAwaiting.RunDetached(_box ?? CompletedBox.Create(), continuation);
}

using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Builds <see cref="Coroutine"/> methods. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct CoroutineMethodBuilder
{
    private CoroutineBox<VoidResult> _box;

    /// <summary>The coroutine, not yet running.</summary>
    public readonly Coroutine Task => new(_box, _box.Version);

    /// <summary>Makes a builder.</summary>
    public static CoroutineMethodBuilder Create() => default;

    /// <inheritdoc cref="CoroutineMethodBuilder{T}.Start{TStateMachine}"/>
    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        // As in the other builder, which is not called: that would be one more method to compile for each coroutine.
        StateMachineBox<TStateMachine, VoidResult> box = BoxPool.TryRent(BoxPool<TStateMachine>.Current) is { } free
            ? Unsafe.As<StateMachineBox<TStateMachine, VoidResult>>(free)
            : new StateMachineBox<TStateMachine, VoidResult>();
        _box = box;
        box.StateMachine = stateMachine;
    }

    /// <summary>Not used: the box is made in Start.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method has returned.</summary>
    public readonly void SetResult() => _box.Complete(default);

    /// <summary>The method has thrown.</summary>
    public readonly void SetException(Exception exception) => _box.Fail(exception);

    /// <summary>The method awaits something that has not ended.</summary>
    public readonly void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => CoroutineSuspending.Suspend(ref awaiter, _box);

    /// <summary>The method awaits something that has not ended.</summary>
    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => CoroutineSuspending.UnsafeSuspend(ref awaiter, _box);
}

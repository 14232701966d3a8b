using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Builds <see cref="Coroutine{T}"/> methods. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct CoroutineMethodBuilder<T>
{
    private CoroutineBox<T> _box;

    /// <summary>The coroutine, not yet running.</summary>
    public readonly Coroutine<T> Task => new(_box, _box.Version);

    /// <summary>Makes a builder.</summary>
    public static CoroutineMethodBuilder<T> Create() => default;

    /// <summary>Moves the state machine into a box and runs nothing: a coroutine is cold.</summary>
    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        // The pool of a method holds nothing but boxes of this type. All in one method: what is generic over the
        // user's type is compiled when the program runs, method by method.
        StateMachineBox<TStateMachine, T> box = BoxPool.TryRent(BoxPool<TStateMachine>.Current) is { } free
            ? Unsafe.As<StateMachineBox<TStateMachine, T>>(free)
            : new StateMachineBox<TStateMachine, T>();

        // This builder is a field of the state machine. It must know the box before the state machine is
        // copied into it, or the copy would complete nothing.
        _box = box;
        box.StateMachine = stateMachine;
    }

    /// <inheritdoc cref="CoroutineMethodBuilder.SetStateMachine"/>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method has returned.</summary>
    public readonly void SetResult(T result) => _box.Complete(result);

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

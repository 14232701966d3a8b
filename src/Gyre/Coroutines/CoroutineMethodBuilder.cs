using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Builds <see cref="Coroutine"/> methods. For the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct CoroutineMethodBuilder
{
    private CoroutineMethodBuilder<VoidResult> _builder;

    /// <summary>The coroutine, not yet running.</summary>
    public readonly Coroutine Task => _builder.ToCoroutine();

    /// <summary>Makes a builder.</summary>
    public static CoroutineMethodBuilder Create() => default;

    /// <inheritdoc cref="CoroutineMethodBuilder{T}.Start{TStateMachine}"/>
    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => _builder.Start(ref stateMachine);

    /// <summary>Not used: the box is made in Start.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method has returned.</summary>
    public readonly void SetResult() => _builder.SetResult(default);

    /// <summary>The method has thrown.</summary>
    public readonly void SetException(Exception exception) => _builder.SetException(exception);

    /// <summary>The method awaits something that has not ended.</summary>
    public readonly void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => _builder.AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <summary>The method awaits something that has not ended.</summary>
    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => _builder.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}

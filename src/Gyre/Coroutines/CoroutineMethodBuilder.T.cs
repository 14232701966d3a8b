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
        StateMachineBox<TStateMachine, T> box = StateMachineBox<TStateMachine, T>.Rent();

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
        where TStateMachine : IAsyncStateMachine
    {
        if (default(TAwaiter) is not null && awaiter is ILoopAwaiter)
        {
            ((ILoopAwaiter)awaiter).Suspend(_box);
        }
        else
        {
            SuspendForeign(ref awaiter);
        }
    }

    /// <summary>The method awaits something that has not ended.</summary>
    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        // For a struct awaiter both tests are constants of the JIT, and the interface call boxes nothing.
        if (default(TAwaiter) is not null && awaiter is ILoopAwaiter)
        {
            ((ILoopAwaiter)awaiter).Suspend(_box);
        }
        else
        {
            UnsafeSuspendForeign(ref awaiter);
        }
    }

    private readonly void SuspendForeign<TAwaiter>(ref TAwaiter awaiter)
        where TAwaiter : INotifyCompletion
    {
        ICoroutineRunner runner = Trampoline.Runner;
        Action resume = runner.SuspendForeign(_box);
        try
        {
            awaiter.OnCompleted(resume);
        }
        catch
        {
            runner.AbandonForeign();
            throw;
        }
    }

    private readonly void UnsafeSuspendForeign<TAwaiter>(ref TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        ICoroutineRunner runner = Trampoline.Runner;
        Action resume = runner.SuspendForeign(_box);
        try
        {
            // An iterator posts to the context that it finds, which costs a turn of the loop. What it calls finds
            // its way to the loop from any thread, so there is no need for that.
            if (typeof(TAwaiter) == typeof(ValueTaskAwaiter<bool>)
                || typeof(TAwaiter) == typeof(ValueTaskAwaiter)
                || typeof(TAwaiter) == typeof(ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter)
                || typeof(TAwaiter) == typeof(ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter))
            {
                SuspendOutsideOfContext(ref awaiter, resume);
                return;
            }

            awaiter.UnsafeOnCompleted(resume);
        }
        catch
        {
            runner.AbandonForeign();
            throw;
        }
    }

    private static void SuspendOutsideOfContext<TAwaiter>(ref TAwaiter awaiter, Action resume)
        where TAwaiter : ICriticalNotifyCompletion
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            awaiter.UnsafeOnCompleted(resume);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    internal readonly Coroutine ToCoroutine() => new((CoroutineBox<VoidResult>)(object)_box, _box.Version);
}

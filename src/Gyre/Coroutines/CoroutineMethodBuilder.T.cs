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
        if (!TrySuspend(ref awaiter))
        {
            SuspendForeign(ref awaiter);
        }
    }

    /// <summary>The method awaits something that has not ended.</summary>
    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        if (!TrySuspend(ref awaiter))
        {
            UnsafeSuspendForeign(ref awaiter);
        }
    }

    /// <summary>Suspends the coroutine at an awaiter of this library.</summary>
    // For a struct awaiter all tests are constants of the JIT. The interface call boxes nothing, but only in optimized
    // code: what most coroutines await goes without, as all the code of a program that has just started is not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TrySuspend<TAwaiter>(ref TAwaiter awaiter)
    {
        if (default(TAwaiter) is null)
        {
            return false;
        }

        if (awaiter is ICoroutineAwaiter)
        {
            CoroutineAwaiting.Suspend(Unsafe.As<TAwaiter, CoroutineBox>(ref awaiter), _box);
            return true;
        }

        if (awaiter is IReferenceAwaiter)
        {
            Unsafe.As<TAwaiter, ISuspendsLeaf>(ref awaiter).Suspend(_box);
            return true;
        }

        if (awaiter is ILoopAwaiter)
        {
            ((ILoopAwaiter)awaiter).Suspend(_box);
            return true;
        }

        return false;
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

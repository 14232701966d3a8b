using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Suspends a coroutine until what it awaits has ended.</summary>
/// <remarks>Not generic over the coroutine, so that its code for the library's awaiters can be compiled with the
/// library.</remarks>
internal static class CoroutineSuspending
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Suspend<TAwaiter>(ref TAwaiter awaiter, CoroutineBox leaf)
        where TAwaiter : INotifyCompletion
    {
        if (!TrySuspend(ref awaiter, leaf))
        {
            SuspendForeign(ref awaiter, leaf);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void UnsafeSuspend<TAwaiter>(ref TAwaiter awaiter, CoroutineBox leaf)
        where TAwaiter : ICriticalNotifyCompletion
    {
        if (!TrySuspend(ref awaiter, leaf))
        {
            UnsafeSuspendForeign(ref awaiter, leaf);
        }
    }

    /// <summary>Suspends the coroutine at an awaiter of this library.</summary>
    // For a struct awaiter all tests are constants of the JIT. The interface call boxes nothing, but only in optimized
    // code: what most coroutines await goes without, as all the code of a program that has just started is not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySuspend<TAwaiter>(ref TAwaiter awaiter, CoroutineBox leaf)
    {
        if (default(TAwaiter) is null)
        {
            return false;
        }

        if (awaiter is ICoroutineAwaiter)
        {
            CoroutineAwaiting.Suspend(Unsafe.As<TAwaiter, CoroutineBox>(ref awaiter), leaf);
            return true;
        }

        if (awaiter is IReferenceAwaiter)
        {
            Unsafe.As<TAwaiter, ISuspendsLeaf>(ref awaiter).Suspend(leaf);
            return true;
        }

        if (awaiter is ILoopAwaiter)
        {
            ((ILoopAwaiter)awaiter).Suspend(leaf);
            return true;
        }

        return false;
    }

    private static void SuspendForeign<TAwaiter>(ref TAwaiter awaiter, CoroutineBox leaf)
        where TAwaiter : INotifyCompletion
    {
        ICoroutineRunner runner = Trampoline.Runner;
        Action resume = runner.SuspendForeign(leaf);
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

    private static void UnsafeSuspendForeign<TAwaiter>(ref TAwaiter awaiter, CoroutineBox leaf)
        where TAwaiter : ICriticalNotifyCompletion
    {
        ICoroutineRunner runner = Trampoline.Runner;
        Action resume = runner.SuspendForeign(leaf);
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
}

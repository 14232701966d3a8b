namespace Gyre;

/// <summary>What the awaiters of coroutines share.</summary>
internal static class CoroutineAwaiting
{
    /// <summary>Always false for a coroutine that can be awaited: it has not run yet.</summary>
    // Misuse throws here and not in Suspend: once a state machine has stored its state, an exception would
    // skip the finally blocks around the await.
    public static bool IsCompleted(CoroutineBox box, int version)
    {
        if (!box.CanStart(version))
        {
            CoroutineBox.ThrowNotAwaitable();
        }

        return false;
    }

    /// <summary>Whether an await of what is done may end at once. If not, the coroutine gives way in it.</summary>
    public static bool GoesOn(EventLoop? loop) => loop is null || --loop.AwaitsLeft > 0 || !loop.IsBudgetSpent();

    /// <summary>Has the trampoline see that what <paramref name="leaf"/> awaits has ended, and whether to give
    /// way.</summary>
    public static void SuspendAtDone(CoroutineBox leaf) => leaf.Call(CompletedBox.Passing);

    /// <summary>Links the coroutine to the one that awaits it, which the trampoline finds calling.</summary>
    /// <param name="box">Null for the default coroutine, which has ended: the leaf may have to give way.</param>
    /// <param name="leaf">The one that awaits it.</param>
    public static void Suspend(CoroutineBox? box, CoroutineBox leaf) => leaf.Call(box ?? CompletedBox.Passing);

    /// <summary>Runs a coroutine that plain <c>async Task</c> code awaits.</summary>
    public static void RunDetached(CoroutineBox box, Action continuation)
    {
        Trampoline.StartDetached!(EventLoop.Running, new DetachedAwait(box), continuation);
    }

    /// <summary>The root of a task that runs another box and keeps its outcome for the code that awaits it.</summary>
    private sealed class DetachedAwait : CoroutineBox<VoidResult>
    {
        private readonly CoroutineBox _inner;

        public DetachedAwait(CoroutineBox inner)
        {
            _inner = inner;
            GC.SuppressFinalize(this);
            MarkCreated();
        }

        public override string Name => _inner.Name;

        public override void MoveNext()
        {
            if (!_inner.IsCompleted)
            {
                Suspend(_inner, this);
                return;
            }

            // The outcome stays in the inner box: the continuation takes it with GetResult.
            Complete(default);
        }

        private protected override void ReturnToPool()
        {
        }
    }
}

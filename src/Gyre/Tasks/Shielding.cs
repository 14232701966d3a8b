namespace Gyre;

/// <summary>The future behind <c>Aio.Shield</c>: it ends as the inner one does, and its own end leaves the inner
/// one alone.</summary>
internal static class Shielding
{
    public static Future<T> Shield<T>(Future inner) => Link(inner, new ShieldFuture<T>(inner));

    private static Future<T> Link<T>(Future inner, Future<T> outer)
    {
        if (inner.IsDone)
        {
            // asyncio returns the inner future itself here; the outer one must not be told from it.
            if (inner.IsCancelled)
            {
                outer.TryFinishCancelled(inner.TakeCancelCause());
            }
            else
            {
                Copy(inner, outer);
            }

            return outer;
        }

        var mirror = new MirrorItem<T>(outer);
        inner.AddCallback(mirror);
        outer.AddCallback(new DetachItem(inner, mirror));
        return outer;
    }

    private static void Copy<T>(Future inner, Future<T> outer)
    {
        if (inner.IsCancelled)
        {
            outer.Cancel();
        }
        else if (inner.RetrieveError() is { } error)
        {
            outer.TryFinishFailed(error);
        }
        else
        {
            outer.SetResult(inner is IFutureResult<T> typed ? typed.Result : default!);
        }
    }

    private sealed class ShieldFuture<T>(Future inner) : Future<T>(inner.Loop)
    {
        internal override IReadOnlyCollection<Future> WaitsFor => [inner];

        internal override string Describe() => "shield";
    }

    private sealed class MirrorItem<T>(Future<T> outer) : WorkItem, IWaitLink
    {
        public void CollectAwaiters(ICollection<Future> awaiters) => outer.CollectAwaiters(awaiters);

        internal override void Execute(object? first, object? second)
        {
            if (!outer.IsDone)
            {
                Copy((Future)first!, outer);
            }
        }
    }

    /// <summary>The outer future was cancelled: the inner one goes on, and a late error must still reach
    /// somebody.</summary>
    private sealed class DetachItem(Future inner, WorkItem mirror) : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            if (!inner.IsDone)
            {
                inner.RemoveCallback(mirror);

                // However many shields were cancelled, a late error is reported once.
                inner.RemoveCallback(LateErrorItem.Instance);
                inner.AddCallback(LateErrorItem.Instance);
            }
        }
    }

    private sealed class LateErrorItem : WorkItem
    {
        public static readonly LateErrorItem Instance = new();

        internal override void Execute(object? first, object? second)
        {
            var inner = (Future)first!;
            if (inner.RetrieveError() is { } error)
            {
                inner.Loop.CallExceptionHandler(new ExceptionContext
                {
                    Message = $"The shielded {inner.Describe()} failed after its awaiter was cancelled.",
                    Exception = error.SourceException,
                    Source = inner,
                });
            }
        }
    }
}

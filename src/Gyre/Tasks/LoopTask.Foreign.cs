namespace Gyre;

// A task in a foreign await, and the plain code that the await comes down to.
public abstract partial class LoopTask
{
    /// <summary>The await of something foreign that the task is in, or null.</summary>
    internal ForeignWait? CurrentForeignWait => RareOrNull?.ForeignWait;

    Action ICoroutineRunner.SuspendForeign(CoroutineBox leaf)
    {
        _leaf = leaf;
        _flags |= TaskFlags.WaitsForForeign;
        var wait = new ForeignWait(this);
        Rare.ForeignWait = wait;
        if (Loop.PlainWaits is not null)
        {
            PlainWait.Adopt(wait);
        }

        return wait.Complete;
    }

    void ICoroutineRunner.AbandonForeign()
    {
        if (CurrentForeignWait is { } wait)
        {
            _flags &= ~TaskFlags.WaitsForForeign;
            EndForeignWait(wait);
        }
    }

    internal void EndForeignWait(ForeignWait wait)
    {
        Rare.ForeignWait = null;
        Loop.ForeignWaits--;
        if (Has(TaskFlags.SentToPlain) && wait.EndedByPlainCode)
        {
            // The code had the request and has made of it what the await now ends with.
            _flags &= ~TaskFlags.PendingRequest;
        }
    }

    /// <summary>Plain code that the task waits for has begun to wait itself.</summary>
    internal void OnPlainWait(PlainWait wait, bool inStep)
    {
        // Code that goes on may be in its clean-up already, because it has heard the task's token. In the task's
        // own step that would have been seen.
        TaskFlags sent = inStep ? TaskFlags.SentToPlain : TaskFlags.SentToPlain | TaskFlags.SentByToken;
        if (Has(TaskFlags.MustCancel) && !Has(sent))
        {
            MarkSent(wait.Cancel(RequestMessage));
        }
        else if (Has(TaskFlags.ScopeCancelled) && !IsScopeMasked)
        {
            wait.Cancel(Scope!.FindCancelled()!.Reason);
        }
    }

    /// <summary>What the await of the task's plain code throws in place of its result, or null.</summary>
    /// <param name="future">What the code has waited for; null for a yield.</param>
    /// <param name="isCoroutine">Whether that was a coroutine. Its result stands, as it may be a thing to
    /// release.</param>
    internal CancelledException? TakeCancellationFor(Future? future, bool isCoroutine)
    {
        if (isCoroutine)
        {
            if (future!.IsCancelled && Has(TaskFlags.SentToPlain))
            {
                // The coroutine had the request and returned without another await: it is still to be delivered.
                _flags &= ~TaskFlags.SentToPlain;
            }

            return null;
        }

        if (Has(TaskFlags.MustCancel) && !Has(TaskFlags.SentToPlain))
        {
            // What the code waited for was cancelled too: one exception answers both requests.
            MarkSent(true);
            return future?.ThrowsCancellation == true ? null : new CancelledException(RequestMessage);
        }

        // A yield has no future that a cancelled scope could cancel.
        return Has(TaskFlags.ScopeCancelled) && !IsScopeMasked && future is null
            ? new CancelledException(Scope!.FindCancelled()!.Reason)
            : null;
    }

    /// <summary>A request that is kept for the next await is given to the plain code that the task waits for.</summary>
    private void PassToPlainCode()
    {
        if (CurrentForeignWait is { } wait)
        {
            MarkSent(wait.CancelPlain(RequestMessage));
        }
    }

    // The request is kept until it is seen to arrive: the code may turn out to be nobody the task waits for.
    private void MarkSent(bool sent)
    {
        if (!sent)
        {
            _flags &= ~TaskFlags.SentToPlain;
            return;
        }

        _flags |= TaskFlags.SentToPlain;
        TokenDelivery.Watch();
    }
}

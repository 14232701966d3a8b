namespace Gyre;

// Two kinds of cancellation meet in a task. A request (Cancel, a timeout, a task group) is an edge: it is
// delivered once. A cancelled scope is a level: as long as the task is inside, each await that has to wait is
// cancelled.
//
// Invariant: ScopeCancelled is set if and only if Scope.FindCancelled() is not null. All that can change the
// right side (entering, leaving, cancelling, shielding) calls RefreshScope.
public abstract partial class LoopTask
{
    /// <summary>The innermost scope around the place where the task is, its own or the one of its
    /// group.</summary>
    internal CancelScope? Scope => RareOrNull?.Scope;

    /// <summary>The requests that have reached the task. Cancelled scopes are not among them.</summary>
    internal int Requests
    {
        get => _cancelRequests;
        set => _cancelRequests = value;
    }

    /// <summary>Whether a cancelled scope reaches the place where the task is.</summary>
    internal bool IsScopeCancelled => Has(TaskFlags.ScopeCancelled);

    private bool IsScopeMasked => _scopeMasks > 0;

    /// <summary>Whether a request waits for the next step or the next await.</summary>
    internal bool HasPendingRequest => Has(TaskFlags.MustCancel);

    /// <summary>Keeps cancelled scopes from ending awaits, until the mask is disposed of. Requests still
    /// do.</summary>
    /// <remarks>For a wait that must come to its end before a cancellation goes on, as the one for the tasks
    /// of a group: it is awaited again whenever it was cancelled, and under a level that would never
    /// stop.</remarks>
    internal ScopeMask MaskScopes()
    {
        _scopeMasks++;
        return new ScopeMask(this);
    }

    /// <summary>The task is now directly inside <paramref name="scope"/>.</summary>
    internal void EnterScope(CancelScope? scope)
    {
        if (scope is not null || RareOrNull is not null)
        {
            Rare.Scope = scope;
        }

        RefreshScope();
    }

    /// <summary>Looks again whether a cancelled scope reaches the task, and delivers that if it is
    /// new.</summary>
    internal void RefreshScope()
    {
        if (IsDone)
        {
            return;
        }

        if (Scope?.FindCancelled() is not { } cancelled)
        {
            _flags &= ~TaskFlags.ScopeCancelled;
            ForgetTokenIfNotCancelled();
        }
        else if (!Has(TaskFlags.ScopeCancelled))
        {
            _flags |= TaskFlags.ScopeCancelled;
            Registry.EnterCancel();
            FireToken(expectDelivery: false);

            // A result that has come already is not taken away; the next await is cancelled.
            if (!IsScopeMasked)
            {
                Waiter?.Cancel(cancelled.Reason);
                CurrentForeignWait?.CancelPlain(cancelled.Reason);
            }

            Registry.LeaveCancel();
        }
    }

    /// <summary>Takes a pending request off the task, for a shielded scope to hold.</summary>
    internal string? TakePendingRequest()
    {
        _flags &= ~TaskFlags.PendingRequest;
        return RequestMessage;
    }

    /// <summary>Delivers a request that a shielded scope held and that has been counted.</summary>
    internal void DeliverHeldRequest(string? message)
    {
        if (IsDone)
        {
            return;
        }

        Registry.EnterCancel();
        FireToken(expectDelivery: true);
        if (Waiter?.Cancel(message) != true)
        {
            CancelAtNextAwait(message);
        }

        Registry.LeaveCancel();
    }

    /// <summary>The task suspends while it is to be cancelled: what it awaits is cancelled at once.</summary>
    private void CancelAwaited(Future future)
    {
        if (Has(TaskFlags.MustCancel))
        {
            // A request that found nothing to cancel is delivered here, at the next await.
            if (future.Cancel(RequestMessage))
            {
                _flags &= ~TaskFlags.PendingRequest;
            }
        }
        else if (!IsScopeMasked)
        {
            future.Cancel(Scope!.FindCancelled()!.Reason);
        }
    }

    private void ForgetTokenIfNotCancelled()
    {
        if (Cancelling() == 0)
        {
            _flags &= ~TaskFlags.TokenFired;
        }
    }

    /// <summary>Ends what <see cref="MaskScopes"/> began.</summary>
    internal readonly struct ScopeMask(LoopTask? task) : IDisposable
    {
        public void Dispose()
        {
            if (task is not null)
            {
                task._scopeMasks--;
            }
        }
    }
}

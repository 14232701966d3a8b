namespace Gyre;

// A task is always in one of these states, and each names what will take it further:
//
// Queued ──its turn──▶ Running ──await──▶ Waiting ──_waiter is done──▶ Queued
//    ▲                    ├──yield──▶ Queued
//    │                    ├──foreign await──▶ Foreign ──its continuation──▶ Queued
//    └── created          └──return, throw──▶ done
//
// Invariant: _waiter is not null only while Waiting, or while Queued by that waiter.
public abstract partial class LoopTask : ICoroutineRunner
{
    private CoroutineBox? _leaf;
    private Future? _waiter;
    private ExecutionContext? _context;

    /// <summary>Suspends at <paramref name="leaf"/> until <paramref name="future"/> is done.</summary>
    internal void SuspendOn(Future future, CoroutineBox leaf)
    {
        _leaf = leaf;
        _waiter = future;
        future.AddCallback(this);

        if ((_flags & (TaskFlags.MustCancel | TaskFlags.ScopeCancelled)) != 0)
        {
            CancelAwaited(future);
        }
    }

    /// <summary>Suspends at <paramref name="leaf"/> until everything that is ready now has run.</summary>
    internal void SuspendToYield(CoroutineBox leaf)
    {
        _leaf = leaf;
        Loop.Ready.Enqueue(this, null, null, null);
    }

    /// <summary>One step: resumes the innermost coroutine and runs until the task waits again or ends.</summary>
    internal sealed override void Execute(object? first, object? second)
    {
        AssertInvariants();
        EventLoop loop = Loop;
        Future? waiter = _waiter;
        _waiter = null;
        if (_flags != TaskFlags.Started && !PrepareStep(waiter))
        {
            return;
        }

        if (_context is { } context && ExecutionContext.Capture() != context)
        {
            ExecutionContext.Restore(context);
        }

        WorkItem? outer = loop.CurrentWork;
        loop.CurrentWork = this;
        CoroutineBox? ended = Trampoline.Current.Run(_leaf!, this);
        loop.CurrentWork = outer;
        if (ExecutionContext.Capture() is { } left && left != _context)
        {
            _context = left;
        }

        if (ended is not null)
        {
            End(ended);
        }
    }

    /// <summary>The rare cases of a step: the first one, a pending cancellation, a foreign await that ended.</summary>
    /// <param name="waiter">What the task has waited for, if it was a future.</param>
    /// <returns>False when the task has ended without running.</returns>
    private bool PrepareStep(Future? waiter)
    {
        bool foreign = Has(TaskFlags.WaitsForForeign);
        bool first = !Has(TaskFlags.Started);
        _flags = (_flags | TaskFlags.Started) & ~TaskFlags.WaitsForForeign;

        // The result of a foreign await cannot be replaced: its request stays for the next await.
        if (!Has(TaskFlags.MustCancel) || foreign)
        {
            // A yield has no future that a cancelled scope could cancel.
            if (Has(TaskFlags.ScopeCancelled) && !foreign && !first && waiter is null)
            {
                Loop.Injected = new CancelledException(Scope!.FindCancelled()!.Reason);
            }

            return true;
        }

        _flags &= ~TaskFlags.PendingRequest;
        if (!first)
        {
            // What the task waited for was cancelled too: one exception answers both requests.
            if (waiter?.ThrowsCancellation != true)
            {
                Loop.Injected = new CancelledException(RequestMessage);
            }

            return true;
        }

        // Cancelled before its first step: the coroutine ends without having run at all.
        CoroutineBox root = _leaf!;
        _leaf = null;
        root.Discard();
        Leave();
        TryFinishCancelled(CarriedError.Capture(new CancelledException(RequestMessage)));
        return false;
    }

    /// <summary>Runs the first step inside the caller's, as eager tasks do.</summary>
    private void StepEagerly()
    {
        ExecutionContext? callers = ExecutionContext.Capture();
        (WorkItem? part, Loop.PlainPart) = (Loop.PlainPart, null);
        Execute(null, null);
        Loop.PlainPart = part;
        if (callers is not null)
        {
            ExecutionContext.Restore(callers);
        }
    }

    /// <summary>The root coroutine has returned or thrown.</summary>
    private void End(CoroutineBox root)
    {
        _leaf = null;
        Leave();
        if (root.TakeError() is not { } error)
        {
            if (Has(TaskFlags.MustCancel))
            {
                // Returned without another await after the request: it ends as cancelled, as if it had awaited.
                _flags &= ~TaskFlags.PendingRequest;
                root.Free();
                TryFinishCancelled(RequestMessage);
            }
            else
            {
                FinishWithResult(root);
            }
        }
        else if (error.SourceException is CancelledException)
        {
            TryFinishCancelled(error);
        }
        else if (error.SourceException is OperationCanceledException cancellation && IsOwnCancellation(cancellation))
        {
            // Whoever awaits the task learns that the task was cancelled, not how the BCL says so.
            TryFinishCancelled(CarriedError.Capture(new CancelledException(RequestMessage, cancellation)));
        }
        else
        {
            TryFinishFailed(error);
        }
    }

    /// <summary>Takes the result of the root, frees it and ends the task.</summary>
    private protected abstract void FinishWithResult(CoroutineBox root);

    private void Leave()
    {
        Registry.Remove(this);
        ReleaseTokens();
    }
}

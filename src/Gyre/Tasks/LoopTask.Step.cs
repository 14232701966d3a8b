using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gyre;

// A task is always in one of these states, and each names what will take it further:
//
// Queued ──its turn──▶ Running ──await──▶ Waiting ──Waiter is done──▶ Queued
//    ▲                    ├──yield, spent budget──▶ Queued
//    │                    ├──foreign await──▶ Foreign ──its continuation──▶ Queued
//    └── created          └──return, throw──▶ done
//
// Invariant: Waiter is not null only while Waiting, or while Queued by that waiter.
public abstract partial class LoopTask : ICoroutineRunner
{
    private CoroutineBox? _leaf;

    // The context, or the rare state that holds it: a million tasks that wait have a million of these.
    private object? _context;

    /// <summary>Suspends at <paramref name="leaf"/> until <paramref name="future"/> is done.</summary>
    internal void SuspendOn(Future future, CoroutineBox leaf)
    {
        SetLeaf(leaf);
        leaf.Awaited = future;
        _flags |= TaskFlags.Waits;
        future.AddCallback(this);

        if ((_flags & (TaskFlags.MustCancel | TaskFlags.ScopeCancelled)) != 0)
        {
            CancelAwaited(future);
        }
    }

    /// <summary>Suspends at <paramref name="leaf"/> until everything that is ready now has run.</summary>
    internal void SuspendToYield(CoroutineBox leaf)
    {
        SetLeaf(leaf);
        Loop.Ready.Enqueue(this, null, null);
    }

    void ICoroutineRunner.GiveWay(CoroutineBox leaf)
    {
        _leaf = leaf;
        _flags |= TaskFlags.GaveWay;
        Loop.Ready.Enqueue(this, null, null);
    }

    /// <summary>One step: resumes the innermost coroutine and runs until the task waits again or ends.</summary>
    internal sealed override void Execute(object? first, object? second)
    {
        AssertInvariants();
        EventLoop loop = Loop;
        if ((_flags & ~TaskFlags.Waits) != TaskFlags.Started)
        {
            if (!Has(TaskFlags.Started) && _leaf!.Awaited is not null)
            {
                StartInTurn();
                return;
            }

            if (_flags == TaskFlags.None)
            {
                _flags = TaskFlags.Started;
            }
            else if (!PrepareStep())
            {
                return;
            }
        }

        _flags &= ~TaskFlags.Waits;
        CoroutineBox leaf = _leaf!;
        leaf.Awaited = null;
        ExecutionContext? current = ExecutionContext.Capture();
        if (current != _context)
        {
            EnterContext(current);
        }

        WorkItem? outer = loop.CurrentWork;
        loop.CurrentWork = this;
        Trampoline trampoline = Trampoline.Of(loop);
        trampoline.Enter(leaf, outer);
        CoroutineBox? ended = trampoline.Run(leaf, loop);
        while (ended is { IsCompleted: false })
        {
            ended = trampoline.Run(ended, loop);
        }

        if (outer is null)
        {
            // A null that the compiler sees needs no word to the collector.
            loop.CurrentWork = null;
        }
        else
        {
            loop.CurrentWork = outer;
        }

        if (ExecutionContext.Capture() is { } left && left != _context)
        {
            LeaveContext(left);
        }

        if (ended is not null)
        {
            End(ended);
        }
    }

    /// <summary>The loop was closed before this step: what the task was woken for is somebody else's.</summary>
    internal sealed override void Abandon(object? first, object? second) => Waiter?.OnAwaiterAbandoned();

    private void SetLeaf(CoroutineBox leaf)
    {
        // Nearly always the same as before; comparing costs less than telling the collector.
        if (_leaf != leaf)
        {
            _leaf = leaf;
        }
    }

    /// <summary>Has <paramref name="next"/>, which was made after this task, take its first step after it.</summary>
    // In the place for what the task waits for: a task that has not begun waits for nothing.
    internal void StartBefore(LoopTask next) => _leaf!.Awaited = next;

    /// <summary>The first steps of this task and of those that were made after it, in a turn each.</summary>
    private void StartInTurn()
    {
        LoopTask? next = this;
        try
        {
            while (next is { _leaf: { } root } task)
            {
                next = Unsafe.As<LoopTask?>(root.Awaited);
                root.Awaited = null;
                Loop.BeginTurn();
                task.Execute(null, null);
                Loop.Ready.CountTurn();
            }

            Debug.Assert(next is null, "No task ends before its first turn: each has the place for the next one.");
        }
        catch when (next is not null)
        {
            // A step does not throw. Should one, the tasks behind it are not lost.
            Loop.Ready.Enqueue(next, null, null, null);
            throw;
        }
    }

    /// <summary>The rare cases of a step: the first one, a pending cancellation, a foreign await that ended, a
    /// spent budget.</summary>
    /// <returns>False when the task has ended without running.</returns>
    private bool PrepareStep()
    {
        Future? waiter = Waiter;
        bool hasResult = (_flags & (TaskFlags.WaitsForForeign | TaskFlags.GaveWay)) != 0;
        bool first = !Has(TaskFlags.Started);
        _flags = (_flags | TaskFlags.Started) & ~(TaskFlags.WaitsForForeign | TaskFlags.GaveWay);

        // The result of a foreign await cannot be replaced, and one that is there already would be lost: the request
        // stays for the next await.
        if (!Has(TaskFlags.MustCancel) || hasResult)
        {
            // A yield has no future that a cancelled scope could cancel.
            if (Has(TaskFlags.ScopeCancelled) && !hasResult && !first && waiter is null)
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

    private void EnterContext(ExecutionContext? current)
    {
        // A task that was made where the flow was suppressed has no context, and runs in any.
        if (Context is { } context && context != current)
        {
            ExecutionContext.Restore(context);
        }
    }

    private void LeaveContext(ExecutionContext left)
    {
        if (RareOrNull is { } rare)
        {
            rare.Context = left;
        }
        else
        {
            _context = left;
        }
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

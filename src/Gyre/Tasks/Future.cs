using System.ComponentModel;
using System.Diagnostics;

namespace Gyre;

/// <summary>An outcome that is not known yet: the base of <see cref="Future{T}"/> and <see cref="LoopTask"/>.</summary>
/// <remarks>Belongs to one loop and to its thread. Its outcome is final (G-20). asyncio: <c>Future</c>.</remarks>
// Pending ──result or error──▶ Finished     Terminal states never change (but see WaitFuture).
//    └──────────Cancel───────▶ Cancelled    Callbacks are queued, never run inside the transition.
// Invariant: _content is read together with _state, which says what it is.
[DebuggerDisplay("{DebuggerText,nq}")]
public abstract partial class Future : WorkItem, ISuspendsLeaf
{
    // Pending: who is told of the end, see AddCallback. Finished: null or a Failure. Cancelled: the message, the
    // first exception to throw, or null. One field for all: a million tasks that wait have a million of these.
    private object? _content;
    private FutureState _state;

    private protected Future(EventLoop loop) => Loop = loop;

    private enum FutureState : byte
    {
        Pending,
        Finished,
        Cancelled,
    }

    /// <summary>The loop that the future belongs to. asyncio: <c>get_loop</c>.</summary>
    public EventLoop Loop { get; }

    /// <summary>Whether the future has a result or an error, or was cancelled. asyncio: <c>done</c>.</summary>
    public bool IsDone => _state != FutureState.Pending;

    /// <summary>Whether the future was cancelled. asyncio: <c>cancelled</c>.</summary>
    public bool IsCancelled => _state == FutureState.Cancelled;

    /// <summary>Whether the future ended with an error. Asking does not count as retrieving it.</summary>
    public bool IsFaulted => _state == FutureState.Finished && _content is not null;

    /// <summary>The error of a future that is done, or null when it has none.</summary>
    /// <remarks>Loop thread only. Counts as retrieving the error. asyncio: <c>exception()</c>.</remarks>
    /// <exception cref="CancelledException">The future was cancelled.</exception>
    /// <exception cref="InvalidStateException">The future is not done.</exception>
    public Exception? Exception
    {
        get
        {
            ThrowIfNotFinished();
            return RetrieveError()?.SourceException;
        }
    }

    /// <summary>The message of the request that ended the future, unless it travels inside an exception.</summary>
    internal virtual string? CancelMessage => _content as string;

    private string DebuggerText => ToString();

    /// <summary>The future, its result left aside.</summary>
    public static implicit operator Awaitable(Future future) => Awaitable.OfReference(future);

    /// <summary>Cancels the future: whoever awaits it gets a <see cref="CancelledException"/>.</summary>
    /// <param name="message">Travels to the exception.</param>
    /// <returns>False when the future is done already.</returns>
    /// <remarks>Loop thread only. Callbacks are scheduled, not called. Counts as retrieving the error of a future
    /// that has failed. asyncio: <c>cancel</c>.</remarks>
    public virtual bool Cancel(string? message = null)
    {
        Loop.AssertOnLoop();
        RetrieveError();
        return TryFinishCancelled(message);
    }

    /// <summary>Awaits the end of the future and drops its result. For the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public FutureAwaiter GetAwaiter() => new(this);

    void ISuspendsLeaf.Suspend(CoroutineBox leaf) => FutureAwaiting.Suspend(this, leaf);

    internal override void Execute(object? first, object? second) =>
        throw new UnreachableException("A plain future is never in the ready queue.");

    internal virtual string Describe() => "Future";

    /// <summary>The loop was closed before the turn in which the task that waited here was to go on.</summary>
    internal virtual void OnAwaiterAbandoned()
    {
    }

    /// <summary>The futures that have to end before this one does, as far as the library knows.</summary>
    /// <remarks>For reports of who waits for what.</remarks>
    internal virtual IReadOnlyCollection<Future> WaitsFor => [];

    /// <summary>Ends the future well. The derived class has stored the result.</summary>
    private protected bool TryFinish()
    {
        if (_state != FutureState.Pending)
        {
            return false;
        }

        EndAs(FutureState.Finished, outcome: null);
        return true;
    }

    internal bool TryFinishFailed(CarriedError error)
    {
        if (_state != FutureState.Pending)
        {
            return false;
        }

        EndAs(FutureState.Finished, new Failure(this, error));
        return true;
    }

    /// <param name="cause">The message, or the exception that the first awaiter is to get, or null.</param>
    internal bool TryFinishCancelled(object? cause)
    {
        if (_state != FutureState.Pending)
        {
            return false;
        }

        EndAs(FutureState.Cancelled, cause);
        return true;
    }

    private void EndAs(FutureState state, object? outcome)
    {
        object? callbacks = _content;
        _content = outcome;
        _state = state;
        if (callbacks is not null)
        {
            ScheduleCallbacks(callbacks);
        }
    }

    /// <summary>Throws what a future that is done ended with, if not with a result.</summary>
    [StackTraceHidden]
    internal void ThrowIfNotSuccessful()
    {
        if (!IsSuccessful)
        {
            TakeErrorToThrow()!.Throw();
        }
    }

    /// <summary>Whether the future has ended with a result.</summary>
    internal bool IsSuccessful => _state == FutureState.Finished && _content is null;

    /// <summary>What awaiting a future that is done throws; null when it ended well.</summary>
    internal CarriedError? TakeErrorToThrow()
    {
        if (_state == FutureState.Pending)
        {
            throw NotDone();
        }

        return IsCancelled ? TakeCancelledError() : RetrieveError();
    }

    /// <summary>The error, counted as retrieved; null when there is none.</summary>
    internal CarriedError? RetrieveError() =>
        _state == FutureState.Finished ? (_content as Failure)?.Retrieve() : null;

    /// <summary>What to throw where a cancelled future is awaited: once the exception that ended it, then new
    /// ones.</summary>
    internal CarriedError TakeCancelledError()
    {
        if (_content is CarriedError original)
        {
            // Only the first awaiter gets it, and its message: that is asyncio's rule.
            _content = null;
            return original;
        }

        return CarriedError.Capture(new CancelledException(CancelMessage));
    }

    /// <summary>Makes a future that is done pending again. Nobody but its owner may hold it.</summary>
    private protected void Reopen()
    {
        _content = null;
        _state = FutureState.Pending;
    }

    /// <summary>Hands on what the next awaiter of this cancelled future would get: an exception, a message, or
    /// null.</summary>
    internal object? TakeCancelCause()
    {
        object? cause = _content;
        if (cause is CarriedError)
        {
            _content = null;
        }

        return cause;
    }

    /// <summary>The error of a future that is done, if it has one. Asking does not count as retrieving.</summary>
    internal Exception? Error => _state == FutureState.Finished ? (_content as Failure)?.Error.SourceException : null;

    /// <summary>Whether awaiting the future, which is done, throws a cancellation. Asking does not count as
    /// retrieving.</summary>
    internal bool ThrowsCancellation =>
        IsCancelled || (_content as Failure)?.Error.SourceException is CancelledException;

    [StackTraceHidden]
    private void ThrowIfNotFinished()
    {
        if (_state == FutureState.Pending)
        {
            throw NotDone();
        }

        if (_state == FutureState.Cancelled)
        {
            TakeCancelledError().Throw();
        }
    }

    private InvalidStateException NotDone() => new($"{Describe()} is not done. Await it.");

    private protected InvalidStateException AlreadyDone() => new($"{Describe()} is done already; its outcome is final.");
}

namespace Gyre;

/// <summary>A function that waits for its turn in an <see cref="Executor"/>. For those who write
/// one.</summary>
/// <remarks>Any thread.</remarks>
// Pending ──Run──▶ Running ──▶ its outcome is delivered     Run and Cancel race for one exchange;
//    └──Cancel──▶ Cancelled                                 the loser does nothing.
public abstract class ExecutorCall
{
    private const int Pending = 0;
    private const int Running = 1;
    private const int Cancelled = 2;

    private static readonly ContextCallback s_invoke = static call => ((ExecutorCall)call!).Invoke();

    private readonly Executor _executor;
    private ExecutionContext? _context = ExecutionContext.Capture();
    private int _state;

    private protected ExecutorCall(Executor executor) => _executor = executor;

    /// <summary>Whether the call has neither begun nor been cancelled.</summary>
    public bool IsPending => Volatile.Read(ref _state) == Pending;

    /// <summary>The call's place in the queue of its thread pool. Belongs to that.</summary>
    internal LinkedListNode<ExecutorCall>? Place { get; set; }

    /// <summary>Runs the function on this thread, unless it has run or was cancelled. Never throws.</summary>
    public void Run()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Pending) != Pending)
        {
            return;
        }

        // The caller's context, or, where its flow was suppressed, the thread's. Either way the thread has
        // its own again afterwards: what one function sets must not be seen by the next.
        ExecutionContext? context = _context ?? ExecutionContext.Capture();
        _context = null;
        if (context is null)
        {
            Invoke();
        }
        else
        {
            ExecutionContext.Run(context, s_invoke, this);
        }
    }

    /// <summary>Cancels the call if it has not begun: its future or task ends as cancelled.</summary>
    /// <returns>True when this call of Cancel cancelled it.</returns>
    public bool Cancel()
    {
        if (!TryCancel())
        {
            return false;
        }

        DeliverCancelled();
        return true;
    }

    /// <summary>An action as a function, for what has no result.</summary>
    internal static VoidResult Invoke(Action action)
    {
        action();
        return default;
    }

    /// <summary>Keeps the call from running, and tells nobody but the executor.</summary>
    internal bool TryCancel()
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Pending) != Pending)
        {
            return false;
        }

        _context = null;
        Release();
        _executor.OnCancelled(this);
        return true;
    }

    /// <summary>Ends the call with an error instead of running it: its executor is broken.</summary>
    internal void Fail(Exception error)
    {
        if (Interlocked.CompareExchange(ref _state, Running, Pending) == Pending)
        {
            Release();
            DeliverError(error);
        }
    }

    /// <summary>Runs the function and delivers its outcome.</summary>
    private protected abstract void Invoke();

    /// <summary>Lets go of the function: whatever it holds must not live as long as the call.</summary>
    private protected abstract void Release();

    private protected abstract void DeliverError(Exception error);

    private protected abstract void DeliverCancelled();
}

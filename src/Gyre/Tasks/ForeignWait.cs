namespace Gyre;

/// <summary>One await of a task for something that is not of this library: a BCL task, plain async code, an async
/// iterator.</summary>
/// <remarks>
/// The awaiter belongs to the BCL, so the task cannot be made to throw there. But what it comes down to may wait for
/// something of this library again, as an <c>async IAsyncEnumerable</c> does that awaits a coroutine. Those waits
/// are known, and a request to cancel is passed on to them.
/// </remarks>
// Waiting ──Complete, any thread──▶ Queued ──its turn──▶ Over: the task's step runs
// Invariant: a wait is in the list while its future is pending or its continuation is queued.
internal sealed class ForeignWait : WorkItem
{
    private PlainWait? _waits;
    private int _completed;

    public ForeignWait(LoopTask task)
    {
        Task = task;
        task.Loop.ForeignWaits++;
    }

    public LoopTask Task { get; }

    /// <summary>Whether the task is still in this await.</summary>
    public bool IsPending => Task.CurrentForeignWait == this;

    /// <summary>Whether plain code of the task that waited for this library brought the await to its end.</summary>
    /// <remarks>Then what was passed on to that code has arrived where the task waits.</remarks>
    public bool EndedByPlainCode { get; private set; }

    /// <summary>The wait that began last of those that the await comes down to.</summary>
    public PlainWait? Innermost => _waits;

    /// <summary>Plain code of the task has begun to wait for something of this library.</summary>
    public void Add(PlainWait wait)
    {
        wait.Next = _waits;
        _waits = wait;
        wait.Part = this;
    }

    public void Remove(PlainWait wait)
    {
        if (_waits == wait)
        {
            _waits = wait.Next;
            return;
        }

        for (PlainWait? before = _waits; before is not null; before = before.Next)
        {
            if (before.Next == wait)
            {
                before.Next = wait.Next;
                return;
            }
        }
    }

    /// <summary>Cancels what the task's plain code waits for, as far as the task waits for that code.</summary>
    /// <returns>Whether there was anything that will now throw.</returns>
    public bool CancelPlain(string? message)
    {
        bool any = false;
        for (PlainWait? wait = _waits; wait is not null; wait = wait.Next)
        {
            if (wait.MayLeadTo(this))
            {
                any |= wait.Cancel(message);
            }
        }

        return any;
    }

    /// <summary>What is awaited has ended. Any thread.</summary>
    public void Complete()
    {
        // A misbehaving awaitable may call twice; only the first call counts.
        if (Interlocked.Exchange(ref _completed, 1) != 0)
        {
            return;
        }

        EventLoop loop = Task.Loop;
        if (loop.IsOnLoopThread)
        {
            EndedByPlainCode = loop.PlainPart == this;
            loop.Ready.Enqueue(this, null, null, null);
        }
        else
        {
            // A closed loop has reported its pending tasks; there is nobody left to resume.
            loop.TryPostThreadSafe(this, null, null);
        }
    }

    // An awaitable that failed to suspend may call all the same. The task waits for something else by now.
    internal override void Execute(object? first, object? second)
    {
        if (IsPending)
        {
            Task.EndForeignWait(this);
            Task.Execute(null, null);
        }
    }
}

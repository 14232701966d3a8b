namespace Gyre;

/// <summary>What the timer heap holds: a timer, or a future that a timer ends.</summary>
internal interface ITimerEntry
{
    /// <summary>Whether the entry is in the heap for nothing.</summary>
    bool IsTimerCancelled { get; }

    /// <summary>The context that the timer runs in; null leaves it to the item.</summary>
    ExecutionContext? RunContext { get; }

    /// <summary>The entry is in the heap from now on.</summary>
    void MarkScheduled(long whenTicks);

    /// <summary>The entry leaves the heap for the ready queue.</summary>
    /// <returns>What is queued.</returns>
    WorkItem MarkDue();

    /// <summary>The loop has closed.</summary>
    void MarkDropped();
}

namespace Gyre;

// What any thread may call. Off the loop's thread, everything here goes through the inbox and touches nothing
// else of the loop.
public sealed partial class EventLoop
{
    /// <summary>Schedules a callback from any thread, and wakes the loop.</summary>
    /// <param name="callback">Runs once, on the loop's thread.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    /// <returns>A handle that any thread may cancel.</returns>
    /// <remarks>Any thread. Callbacks of one thread run in the order of its calls; on the loop's own thread calls of
    /// <c>CallSoon</c> count too. The loop is woken at most once per iteration. Guarantee G-5. asyncio:
    /// <c>call_soon_threadsafe</c>.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed.</exception>
    public Handle CallSoonThreadSafe(Action callback, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return PostCancellable(Callbacks.Action, callback, null, context);
    }

    /// <inheritdoc cref="CallSoonThreadSafe(Action, ExecutionContext?)"/>
    /// <param name="callback">Runs once, on the loop's thread, with <paramref name="state"/>.</param>
    /// <param name="state">What the callback is given.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    public Handle CallSoonThreadSafe(Action<object?> callback, object? state, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return PostCancellable(Callbacks.ActionWithState, callback, state, context);
    }

    /// <summary>Queues an item from any thread. False when the loop is closed.</summary>
    internal bool TryPostThreadSafe(WorkItem item, object? first, object? second, ExecutionContext? context = null) =>
        _inbox.TryPost(new ReadyEntry(item, first, second, context));

    /// <summary>Queues BCL work from any thread; on the loop's own thread without the inbox.</summary>
    /// <remarks>Work for a closed loop runs on the thread pool: it has lost its loop, but it must not be lost
    /// itself.</remarks>
    internal void PostFromAnywhere(SendOrPostCallback callback, object? state)
    {
        var item = new PostedWork(callback, state);
        ExecutionContext? context = CaptureContext();
        if (IsOnLoopThread)
        {
            Ready.Enqueue(item, null, null, context);
        }
        else if (!TryPostThreadSafe(item, null, null, context))
        {
            item.Abandon(null, null);
        }
    }

    /// <summary>Runs an entry that was posted, in its turn.</summary>
    internal void RunPosted(in ReadyEntry entry)
    {
        try
        {
            if (entry.Context is { } context && ExecutionContext.Capture() != context)
            {
                ExecutionContext.Restore(context);
            }

            entry.Execute();
        }
        catch (Exception e)
        {
            ReportCallbackError(e, entry);
        }
    }

    private Handle PostCancellable(WorkItem item, object callback, object? state, ExecutionContext? context)
    {
        var entry = new ReadyEntry(item, callback, state, context ?? CaptureContext());
        if (!_inbox.TryPost(entry, canCancel: true, out InboxSegment segment, out long position))
        {
            throw new InvalidOperationException("The event loop is closed. The callback was not scheduled.");
        }

        if (IsOnLoopThread)
        {
            // In one queue with the calls of CallSoon, and behind what others have posted before.
            _inbox.DrainAllTo(Ready);
        }

        return new Handle(segment, position);
    }

    private sealed class PostedWork(SendOrPostCallback callback, object? state) : WorkItem
    {
        internal override void Execute(object? first, object? second) => callback(state);

        internal override void Abandon(object? first, object? second) =>
            ThreadPool.QueueUserWorkItem(static work => work.Execute(null, null), this, preferLocal: false);
    }
}

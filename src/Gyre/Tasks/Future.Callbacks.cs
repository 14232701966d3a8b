using System.Runtime.CompilerServices;

namespace Gyre;

public abstract partial class Future
{
    // Null, one WorkItem (nearly always: the task that waits), or a List<WorkItem>.
    private object? Callbacks => IsDone ? null : _content;

    private int CallbackCount => Callbacks switch
    {
        null => 0,
        List<WorkItem> list => list.Count,
        _ => 1,
    };

    /// <summary>Schedules a callback for when the future is done; at once if it is done already.</summary>
    /// <param name="callback">Runs once, in its own turn of the loop.</param>
    /// <param name="context">The context it runs in; the caller's when null.</param>
    /// <remarks>Loop thread only. Callbacks run in the order in which they were added. An exception goes to the loop's
    /// exception handler. Guarantees G-21, G-92. asyncio: <c>add_done_callback</c>.</remarks>
    public void AddDoneCallback(Action<Future> callback, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        AddWrappedCallback(callback, callback, context);
    }

    /// <summary>Removes a callback, as often as it was added.</summary>
    /// <returns>How many were removed.</returns>
    /// <remarks>Loop thread only. Callbacks that are scheduled already still run. asyncio:
    /// <c>remove_done_callback</c>.</remarks>
    public int RemoveDoneCallback(Action<Future> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RemoveWrappedCallback(callback);
    }

    /// <summary>Adds a callback that the derived class has wrapped to give it the future under its own type.</summary>
    private protected void AddWrappedCallback(Delegate callback, Action<Future> wrapped, ExecutionContext? context)
    {
        Loop.AssertOnLoop();
        AddCallback(new DoneCallback(callback, wrapped, context));
    }

    private protected int RemoveWrappedCallback(Delegate callback)
    {
        Loop.AssertOnLoop();
        return RemoveCallbacks(item => item is DoneCallback done && done.Callback.Equals(callback));
    }

    /// <summary>Adds an item that is queued, with the future as its first object, when the future is done.</summary>
    internal void AddCallback(WorkItem item)
    {
        if (IsDone)
        {
            ScheduleCallback(item);
            return;
        }

        switch (_content)
        {
            case null:
                _content = item;
                break;
            case List<WorkItem> list:
                list.Add(item);
                break;
            case object first:
                _content = new List<WorkItem>(4) { (WorkItem)first, item };
                break;
        }
    }

    /// <summary>The callback that was added last and not removed, of a future that is not done.</summary>
    internal WorkItem? LastCallback =>
        Callbacks is not { } callbacks ? null
        : callbacks.GetType() == typeof(List<WorkItem>) ? Unsafe.As<List<WorkItem>>(callbacks).LastOrDefault()
        : Unsafe.As<WorkItem>(callbacks);

    /// <summary>Whether <see cref="TryFinishInTurn"/> would do it.</summary>
    private protected bool CanFinishInTurn => Callbacks is LoopTask && Loop.CurrentWork is null;

    /// <summary>Ends the future well, and has the task that waits for it take its step at once.</summary>
    /// <returns>False, and nothing was done, when the one that waits is not a single task, or another task's step is
    /// being run.</returns>
    /// <remarks>For the last thing that happens in a turn of I/O. So nothing, and above all no cancellation, comes
    /// between what arrived and the one that it is for.</remarks>
    private protected bool TryFinishInTurn()
    {
        if (!CanFinishInTurn)
        {
            return false;
        }

        var task = (LoopTask)Callbacks!;
        _content = null;
        _state = FutureState.Finished;
        if (Loop.Debug)
        {
            Loop.ResumedInTurn = task;
        }

        task.Execute(this, null);
        return true;
    }

    /// <summary>Adds who waits for this future: tasks, through whatever stands in between.</summary>
    /// <remarks>A future that is done has no awaiters any more.</remarks>
    internal void CollectAwaiters(ICollection<Future> awaiters)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            // Gathers of gathers, thousands deep, with no task in between.
            return;
        }

        object? callbacks = Callbacks;
        if (callbacks is WorkItem single)
        {
            Collect(single);
        }
        else if (callbacks is List<WorkItem> list)
        {
            list.ForEach(Collect);
        }

        void Collect(WorkItem item)
        {
            if (item is LoopTask task)
            {
                awaiters.Add(task);
            }
            else
            {
                (item as IWaitLink)?.CollectAwaiters(awaiters);
            }
        }
    }

    /// <summary>Removes an item that was added by <see cref="AddCallback"/>.</summary>
    /// <returns>How often it was there.</returns>
    // Waits that end and begin again with every message come through here: nothing is allocated for the one callback
    // that there nearly always is, and so nothing is captured in this method.
    internal int RemoveCallback(WorkItem item)
    {
        if (!ReferenceEquals(Callbacks, item))
        {
            return Callbacks is List<WorkItem> list ? RemoveFrom(list, item) : 0;
        }

        _content = null;
        return 1;

        static int RemoveFrom(List<WorkItem> list, WorkItem item) =>
            list.RemoveAll(added => ReferenceEquals(added, item));
    }

    internal int RemoveCallbacks(Predicate<WorkItem> match)
    {
        switch (Callbacks)
        {
            case WorkItem single when match(single):
                _content = null;
                return 1;
            case List<WorkItem> list:
                return list.RemoveAll(match);
            default:
                return 0;
        }
    }

    private void ScheduleCallbacks(object callbacks)
    {
        // The exact type of the one that is no item: each task that ends comes by here.
        if (callbacks.GetType() != typeof(List<WorkItem>))
        {
            ScheduleCallback(Unsafe.As<WorkItem>(callbacks));
            return;
        }

        foreach (WorkItem item in Unsafe.As<List<WorkItem>>(callbacks))
        {
            ScheduleCallback(item);
        }
    }

    private void ScheduleCallback(WorkItem item) =>
        Loop.Ready.Enqueue(item, this, (item as DoneCallback)?.Context);

    /// <param name="callback">What the caller gave, and gives again to remove it.</param>
    /// <param name="wrapped">What is called.</param>
    /// <param name="context">The context it is called in; the caller's when null.</param>
    private sealed class DoneCallback(Delegate callback, Action<Future> wrapped, ExecutionContext? context) : WorkItem
    {
        public Delegate Callback => callback;

        public ExecutionContext? Context { get; } = context ?? ExecutionContext.Capture();

        internal override object NamedAs(object? first) => callback;

        internal override void Execute(object? first, object? second) => wrapped((Future)first!);
    }
}

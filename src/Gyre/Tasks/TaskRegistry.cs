namespace Gyre;

/// <summary>The pending tasks of one loop, in the order of their creation. It holds them: no task vanishes.</summary>
internal sealed class TaskRegistry(EventLoop loop) : IDisposable
{
    private const int InitialCapacity = 16;

    /// <summary>An array above this size shrinks when a burst is over.</summary>
    private const int RetainedCapacityMax = 1 << 12;

    // In the order of creation, with gaps where tasks have ended. An array costs one write a task, and half the
    // memory of links in the tasks.
    private LoopTask?[] _slots = new LoopTask?[InitialCapacity];
    private int _used;

    // Tokens of tasks that a call of Cancel has reached. They are cancelled when the call has done its work, because
    // that runs code of the BCL's users, which may cancel tasks itself.
    private List<(LoopTask Task, CancellationTokenSource Source)>? _tokens;
    private int _cancelDepth;

    public EventLoop Loop => loop;

    public int Count { get; private set; }

    /// <summary>The numbers of tasks without a name.</summary>
    public TaskNumbers Numbers { get; } = new();

    /// <summary>What makes the loop's tasks, when somebody has set it.</summary>
    public LoopTaskFactory? Factory { get; set; }

    public static TaskRegistry Of(EventLoop loop) =>
        (TaskRegistry)(loop.TaskSlot ??= loop.Attachment(static loop => new TaskRegistry(loop)));

    public void Add(LoopTask task)
    {
        if (_used == _slots.Length)
        {
            MakeRoom();
        }

        _slots[_used] = task;
        task.RegistrySlot = _used++;
        Count++;
    }

    public void Remove(LoopTask task)
    {
        int slot = task.RegistrySlot;
        _slots[slot] = null;
        Count--;
        if (slot == _used - 1)
        {
            // A gap that is taken back here was made once: constant time, amortised.
            do
            {
                _used--;
            }
            while (_used > 0 && _slots[_used - 1] is null);

            if (_slots.Length > RetainedCapacityMax && _used < _slots.Length / 8)
            {
                Array.Resize(ref _slots, _slots.Length / 2);
            }
        }
    }

    /// <summary>A call of <see cref="LoopTask.Cancel"/> begins; a gather inside it may make further ones.</summary>
    public void EnterCancel() => _cancelDepth++;

    /// <summary>A call of Cancel ends. The outermost one cancels the tokens of the tasks that were reached.</summary>
    public void LeaveCancel()
    {
        if (--_cancelDepth > 0 || _tokens is not { } tokens)
        {
            return;
        }

        _tokens = null;
        foreach ((LoopTask task, CancellationTokenSource source) in tokens)
        {
            try
            {
                source.Cancel();
            }
            catch (AggregateException e)
            {
                loop.CallExceptionHandler(new ExceptionContext
                {
                    Message = $"A callback of the cancellation token of {task.Describe()} threw an exception.",
                    Exception = e,
                    Source = task,
                });
            }
        }
    }

    public void CancelTokenLater(LoopTask task, CancellationTokenSource source) =>
        (_tokens ??= []).Add((task, source));

    public LoopTask[] Snapshot() => [.. _slots.Take(_used).OfType<LoopTask>()];

    /// <summary>The loop has closed: tasks that are still pending will never end, and that is reported.</summary>
    public void Dispose()
    {
        foreach (LoopTask task in Snapshot())
        {
            loop.CallExceptionHandler(new ExceptionContext
            {
                Message = $"The loop was closed while {task.Describe()} was pending, in '{task.CoroutineName}'.",
                Source = task,
            });
        }

        Numbers.Return();
    }

    /// <summary>Closes the gaps; where there are few, the array grows.</summary>
    // Either at least a quarter of the slots become free or the array doubles, so a task costs constant time,
    // amortised.
    private void MakeRoom()
    {
        LoopTask?[] slots = Count <= _slots.Length / 4 * 3 ? _slots : new LoopTask?[_slots.Length * 2];
        int kept = 0;
        for (int i = 0; i < _used; i++)
        {
            if (_slots[i] is { } task)
            {
                slots[kept] = task;
                task.RegistrySlot = kept++;
            }
        }

        Array.Clear(slots, kept, slots.Length - kept);
        _slots = slots;
        _used = kept;
    }
}

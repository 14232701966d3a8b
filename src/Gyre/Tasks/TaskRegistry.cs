using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>The pending tasks of one loop, in the order of their creation. It holds them: no task vanishes.</summary>
internal sealed class TaskRegistry : IDisposable
{
    private const int ChunkShift = 10;
    private const int ChunkSize = 1 << ChunkShift;
    private const int InitialCapacity = 16;

    // In the order of creation, with gaps where tasks have ended: one write a task, and half the memory of links in
    // the tasks. In chunks, because an array that grows leaves smaller ones behind, large ones at the end, which the
    // collector keeps. Only the first is ever smaller than the others. Behind the tail there may be one to spare.
    private readonly List<Slot[]> _chunks = [new Slot[InitialCapacity]];
    private Slot[] _tail;
    private int _tailStart;
    private int _used;

    // The entry of the ready queue that stands for the tasks that were made last.
    private long _newTasks = -1;

    // Tokens of tasks that a call of Cancel has reached. They are cancelled when the call has done its work, because
    // that runs code of the BCL's users, which may cancel tasks itself.
    private List<(LoopTask Task, CancellationTokenSource Source)>? _tokens;
    private int _cancelDepth;

    public TaskRegistry(EventLoop loop)
    {
        Loop = loop;
        _tail = _chunks[0];
    }

    public EventLoop Loop { get; }

    public int Count { get; private set; }

    /// <summary>The numbers of tasks without a name.</summary>
    public TaskNumbers Numbers { get; } = new();

    /// <summary>What makes the loop's tasks, when somebody has set it.</summary>
    public LoopTaskFactory? Factory { get; set; }

    /// <summary>The registry of a loop. Nothing else is ever in its slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TaskRegistry Of(EventLoop loop) => Unsafe.As<TaskRegistry?>(loop.TaskSlot) ?? Make(loop);

    public void Add(LoopTask task)
    {
        if ((uint)(_used - _tailStart) >= (uint)_tail.Length)
        {
            MakeRoom();
        }

        _tail[_used - _tailStart].Task = task;
        task.RegistrySlot = _used++;
        Count++;
    }

    public void Remove(LoopTask task)
    {
        int slot = task.RegistrySlot;
        At(slot) = null;
        Count--;
        if (slot == _used - 1)
        {
            TakeBackGaps();
        }
    }

    /// <summary>Queues the first step of a task. Tasks that are made one after another have one entry: it names the
    /// first of them, and the last one to find its end by. So many new tasks take no room in the queue.</summary>
    public void QueueFirstStep(LoopTask task)
    {
        ReadyQueue ready = Loop.Ready;
        if (ready.IsOpen(_newTasks) && !Loop.Debug)
        {
            ref ReadyEntry entry = ref ready.At(_newTasks);
            Unsafe.As<LoopTask>(entry.First ?? entry.Item).StartBefore(task);
            entry.First = task;
        }
        else
        {
            _newTasks = ready.Enqueue(task, null, null);
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
                Loop.CallExceptionHandler(new ExceptionContext
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

    public LoopTask[] Snapshot()
    {
        var tasks = new LoopTask[Count];
        int found = 0;
        for (int i = 0; i < _used; i++)
        {
            if (At(i) is { } task)
            {
                tasks[found++] = task;
            }
        }

        return tasks;
    }

    /// <summary>The loop has closed: tasks that are still pending will never end, and that is reported.</summary>
    public void Dispose()
    {
        foreach (LoopTask task in Snapshot())
        {
            Loop.CallExceptionHandler(new ExceptionContext
            {
                Message = $"The loop was closed while {task.Describe()} was pending, in '{task.CoroutineName}'.",
                Source = task,
            });
        }

        Numbers.Return();
    }

    private static TaskRegistry Make(EventLoop loop)
    {
        TaskRegistry made = loop.Attachment(static loop => new TaskRegistry(loop));
        loop.TaskSlot = made;
        return made;
    }

    // Nearly always in the tail, which saves the way through the list.
    private ref LoopTask? At(int slot)
    {
        Slot[] tail = _tail;
        int index = slot - _tailStart;
        return ref (uint)index < (uint)tail.Length
            ? ref tail[index].Task
            : ref _chunks[slot >> ChunkShift][slot & (ChunkSize - 1)].Task;
    }

    /// <summary>The last task has gone, and with it the gaps before it.</summary>
    // A gap that is taken back here was made once: constant time, amortised.
    private void TakeBackGaps()
    {
        do
        {
            _used--;
        }
        while (_used > 0 && At(_used - 1) is null);

        if (_used < _tailStart)
        {
            MoveTail();
        }
    }

    /// <summary>Closes the gaps; where there are few, another chunk is begun.</summary>
    // At least a quarter of the slots becomes free, or none is looked at: a task costs constant time, amortised.
    private void MakeRoom()
    {
        if (Count <= _used / 4 * 3)
        {
            CloseGaps();
        }
        else if (_tail.Length < ChunkSize)
        {
            // Array.Resize is generic: the runtime would have to compile it for these slots.
            var tail = new Slot[_tail.Length * 2];
            Array.Copy(_tail, tail, _tail.Length);
            _chunks[0] = _tail = tail;
        }
        else
        {
            MoveTail();
        }
    }

    private void CloseGaps()
    {
        int kept = 0;
        for (int i = 0; i < _used; i++)
        {
            if (At(i) is { } task)
            {
                At(i) = null;
                At(kept) = task;
                task.RegistrySlot = kept++;
            }
        }

        _used = kept;
        MoveTail();
    }

    /// <summary>The tail becomes the chunk that the next task belongs to. A task more or less makes and drops no
    /// chunk: one behind the tail is kept.</summary>
    private void MoveTail()
    {
        int tail = _used >> ChunkShift;
        if (tail == _chunks.Count)
        {
            _chunks.Add(new Slot[ChunkSize]);
        }
        else if (tail + 2 < _chunks.Count)
        {
            _chunks.RemoveRange(tail + 2, _chunks.Count - tail - 2);
        }

        _tail = _chunks[tail];
        _tailStart = tail << ChunkShift;
    }

    // A struct: an array of references checks the type of what is stored.
    private struct Slot
    {
        public LoopTask? Task;
    }
}

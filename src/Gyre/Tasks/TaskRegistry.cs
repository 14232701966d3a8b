namespace Gyre;

/// <summary>The pending tasks of one loop, in the order of their creation. It holds them: no task vanishes.</summary>
internal sealed class TaskRegistry(EventLoop loop) : IDisposable
{
    private LoopTask? _first;
    private LoopTask? _last;

    // Tokens of tasks that a call of Cancel has reached. They are cancelled when the call has done its work, because
    // that runs code of the BCL's users, which may cancel tasks itself.
    private List<(LoopTask Task, CancellationTokenSource Source)>? _tokens;
    private int _cancelDepth;

    public EventLoop Loop => loop;

    public int Count { get; private set; }

    /// <summary>What makes the loop's tasks, when somebody has set it.</summary>
    public LoopTaskFactory? Factory { get; set; }

    public static TaskRegistry Of(EventLoop loop) =>
        (TaskRegistry)(loop.TaskSlot ??= loop.Attachment(static loop => new TaskRegistry(loop)));

    public void Add(LoopTask task)
    {
        task.RegistryPrevious = _last;
        if (_last is null)
        {
            _first = task;
        }
        else
        {
            _last.RegistryNext = task;
        }

        _last = task;
        Count++;
    }

    public void Remove(LoopTask task)
    {
        (LoopTask? previous, LoopTask? next) = (task.RegistryPrevious, task.RegistryNext);
        if (previous is null)
        {
            _first = next;
        }
        else
        {
            previous.RegistryNext = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.RegistryPrevious = previous;
        }

        task.RegistryPrevious = null;
        task.RegistryNext = null;
        Count--;
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

    public LoopTask[] Snapshot()
    {
        var tasks = new LoopTask[Count];
        int i = 0;
        for (LoopTask? task = _first; task is not null; task = task.RegistryNext)
        {
            tasks[i++] = task;
        }

        return tasks;
    }

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
    }
}

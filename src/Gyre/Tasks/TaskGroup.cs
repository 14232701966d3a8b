using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Tasks that end together: none outlives the block that started it. Given to the body of
/// <c>Aio.TaskGroup</c>.</summary>
/// <remarks>
/// <para>Loop thread only. The block ends when its body and all tasks have ended. When one of them fails, the
/// others are
/// cancelled and waited for, and all errors leave as one <see cref="AggregateException"/>. A task that was
/// cancelled is no
/// failure.</para>
/// <para>Guarantees G-33, G-44. asyncio: <c>TaskGroup</c>.</para>
/// </remarks>
// Open ──body ends──▶ Joining ──last task ends──▶ Closed
//   └──error, cancel, Cancel()──▶ Aborting (tasks cancelled, no new ones) ──last task ends──▶ Closed
public sealed class TaskGroup
{
    private readonly LoopTask _parent;

    // What the group is inside of. Its tasks are inside of it too.
    private readonly CancelScope? _scope;

    // Insertion order is kept, so that an abort cancels the tasks in the order of their creation.
    private readonly OrderedSet<LoopTask> _tasks = new();
    private readonly List<Exception> _errors = [];
    private readonly DoneItem _doneItem;
    private SleepFuture? _allDone;
    private bool _exiting;
    private bool _aborting;
    private bool _parentCancelled;

    private TaskGroup(LoopTask parent)
    {
        _parent = parent;
        _scope = parent.Scope;
        _scope?.Add(this);
        _doneItem = new DoneItem(this);
    }

    /// <summary>How many tasks of the group have not ended.</summary>
    public int Count => _tasks.Count;

    /// <summary>Starts a task in the group. asyncio: <c>TaskGroup.create_task</c>.</summary>
    /// <inheritdoc cref="EventLoopTaskExtensions.CreateTask(EventLoop, Coroutine, string?, ExecutionContext?,
    /// bool?, CancellationToken, string?, int)"/>
    /// <exception cref="InvalidOperationException">The group has ended or is being cancelled. The coroutine is
    /// discarded.</exception>
    public LoopTask CreateTask(
        Coroutine coroutine,
        string? name = null,
        ExecutionContext? context = null,
        bool? eagerStart = null,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        if (Refusal() is { } refusal)
        {
            coroutine.Discard();
            throw refusal;
        }

        LoopTask task = _parent.Loop.Start(coroutine, Options(name, context, eagerStart, cancellationToken));
        Add(task);
        return CreationSite.Note(task, file, line);
    }

    /// <inheritdoc cref="CreateTask(Coroutine, string?, ExecutionContext?, bool?, CancellationToken, string?, int)"/>
    public LoopTask<T> CreateTask<T>(
        Coroutine<T> coroutine,
        string? name = null,
        ExecutionContext? context = null,
        bool? eagerStart = null,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        if (Refusal() is { } refusal)
        {
            coroutine.Discard();
            throw refusal;
        }

        LoopTask<T> task = _parent.Loop.Start(coroutine, Options(name, context, eagerStart, cancellationToken));
        Add(task);
        return CreationSite.Note(task, file, line);
    }

    /// <summary>Starts a task in the group that nobody awaits: the group does.</summary>
    /// <remarks>As <see cref="CreateTask(Coroutine, string?, ExecutionContext?, bool?, CancellationToken, string?, int)"/>,
    /// and returns nothing that the compiler would miss an <c>await</c> for. Guarantee G-33. asyncio: <c>create_task</c> whose
    /// result is dropped.</remarks>
    /// <exception cref="InvalidOperationException">The group has ended or is being cancelled. The coroutine is
    /// discarded.</exception>
    public void Start(
        Coroutine coroutine,
        string? name = null,
        ExecutionContext? context = null,
        bool? eagerStart = null,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0) =>
        CreateTask(coroutine, name, context, eagerStart, cancellationToken, file, line);

    /// <inheritdoc cref="Start(Coroutine, string?, ExecutionContext?, bool?, CancellationToken, string?, int)"/>
    public void Start<T>(
        Coroutine<T> coroutine,
        string? name = null,
        ExecutionContext? context = null,
        bool? eagerStart = null,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0) =>
        CreateTask(coroutine, name, context, eagerStart, cancellationToken, file, line);

    /// <summary>Ends the group without an error: cancels the body and the tasks. asyncio:
    /// <c>TaskGroup.cancel</c>.</summary>
    /// <remarks>The block returns normally, unless something fails or somebody else asks for the end of the task
    /// meanwhile (G-44). After the end it does nothing.</remarks>
    public void Cancel()
    {
        if (!_aborting && !(_exiting && _tasks.Count == 0))
        {
            AbortWithParent();
        }
    }

    /// <summary>The tasks that have not ended, in the order of their creation.</summary>
    internal LoopTask[] Snapshot() => _tasks.ToArray();

    /// <summary>Runs a body and joins what it started.</summary>
    internal static async Coroutine Run(Func<TaskGroup, Coroutine> body)
    {
        TaskGroup group = Enter();
        CarriedError? error = null;
        try
        {
            await body(group);
        }
        catch (Exception e)
        {
            error = CarriedError.Capture(e);
        }

        await group.Exit(error);
    }

    /// <inheritdoc cref="Run(Func{TaskGroup, Coroutine})"/>
    internal static async Coroutine<T> Run<T>(Func<TaskGroup, Coroutine<T>> body)
    {
        TaskGroup group = Enter();
        CarriedError? error = null;
        T? result = default;
        try
        {
            result = await body(group);
        }
        catch (Exception e)
        {
            error = CarriedError.Capture(e);
        }

        await group.Exit(error);
        return result!;
    }

    private static TaskGroup Enter() => new(EventLoop.Running.CurrentTask ?? throw new InvalidOperationException(
        "A task group belongs to a task. Use it inside a coroutine that a task runs."));

    private InvalidOperationException? Refusal() =>
        _exiting && _tasks.Count == 0 ? new InvalidOperationException("The task group has ended; it takes no more tasks.")
        : _aborting ? new InvalidOperationException("The task group is being cancelled; it takes no more tasks.")
        : null;

    private LoopTaskOptions Options(string? name, ExecutionContext? context, bool? eager, CancellationToken token) =>
        new() { Name = name, Context = context, EagerStart = eager, CancellationToken = token, Scope = _scope };

    private void Add(LoopTask task)
    {
        // Also for a task that has ended eagerly: its end is counted in its own turn.
        _tasks.Add(task);
        task.AddCallback(_doneItem);

        // Its first step may have run eagerly, and have cancelled the scope or the group, before the group knew of the
        // task.
        task.RefreshScope();
        if (_aborting)
        {
            task.Cancel();
        }
    }

    private async Coroutine Exit(CarriedError? error)
    {
        _exiting = true;
        bool bodyCancelled = error?.SourceException is OperationCanceledException exception
            && _parent.IsOwnCancellation(exception);
        CarriedError? cancellation = bodyCancelled ? error : null;
        CarriedError? latest = null;
        if (error is not null && !_aborting)
        {
            Abort();
        }

        // A loop, because the wait may be cancelled again and again while the tasks clean up. A cancelled scope
        // would do
        // so without end; it has nothing to add once the tasks are cancelled.
        while (_tasks.Count > 0)
        {
            using LoopTask.ScopeMask mask = _aborting ? _parent.MaskScopes() : default;
            _allDone = new JoinFuture(_parent.Loop, _tasks);
            try
            {
                await _allDone;
            }
            catch (CancelledException e)
            {
                latest = CarriedError.Capture(e);
                if (!_aborting)
                {
                    cancellation = latest;
                    Abort();
                }
            }

            _allDone = null;
        }

        _scope?.Remove(this);

        // The group's own request is taken back. If no other is left, the cancellation was the group's alone. If one
        // is, it may have arrived above, while the group was being cancelled, and must not end there.
        if (_parentCancelled)
        {
            cancellation = _parent.Uncancel() == 0 ? null : latest ?? cancellation;
        }

        if (_errors.Count == 0)
        {
            cancellation?.Throw();
        }

        if (error is not null && !bodyCancelled)
        {
            _errors.Add(error.SourceException);
        }

        if (_errors.Count > 0)
        {
            ThrowErrors();
        }
    }

    private void ThrowErrors()
    {
        if (_parent.Requests > 0)
        {
            // The errors go first. The request from outside is renewed, so it arrives at the next await; the count
            // stays.
            _parent.Uncancel();
            _parent.CancelFrom(_scope, message: null);
        }

        throw new AggregateException("Tasks of a group have failed.", _errors);
    }

    private void Abort()
    {
        _aborting = true;
        foreach (LoopTask task in Snapshot())
        {
            task.Cancel();
        }
    }

    private void AbortWithParent()
    {
        Abort();
        _parentCancelled = true;
        _parent.CancelFrom(_scope, message: null);
    }

    private void OnTaskDone(LoopTask task)
    {
        _tasks.Remove(task);
        if (_tasks.Count == 0)
        {
            _allDone?.Release();
        }

        if (task.RetrieveError() is not { } error)
        {
            return;
        }

        _errors.Add(error.SourceException);
        if (_parent.IsDone)
        {
            _parent.Loop.CallExceptionHandler(new ExceptionContext
            {
                Message = $"{task.Describe()} failed after the parent of its group had ended.",
                Exception = error.SourceException,
                Source = task,
            });
        }
        else if (!_aborting && !_parentCancelled)
        {
            AbortWithParent();
        }
    }

    private sealed class DoneItem(TaskGroup group) : WorkItem, IWaitLink
    {
        public void CollectAwaiters(ICollection<Future> awaiters) => awaiters.Add(group._parent);

        internal override void Execute(object? first, object? second) => group.OnTaskDone((LoopTask)first!);
    }
}

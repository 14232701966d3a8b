using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>One wait of plain async code (an <c>async Task</c> method, an async iterator) for something of this
/// library.</summary>
/// <remarks>
/// <para>Plain code belongs to the task in whose step it was called, or whose plain code called it. When that task then
/// waits for something foreign, this is taken to be what it comes down to: a request to cancel goes here, and
/// while the plain code runs on, the task is the current one.</para>
/// <para>Whether the task really waits for this code is asked only when something is to be cancelled, see
/// <see cref="PlainCode"/>.</para>
/// </remarks>
// Begun ──in a step of the task──▶ Adopted by the next foreign await of the same turn ──future done──▶ Continued
//   └──in plain code that goes on──▶ Part of the foreign await from the start ──────────────────▲
internal sealed class PlainWait : WorkItem, IWaitLink
{
    // Which task a plain method or an iterator belongs to: the BCL keeps one object for each call, whose method
    // the continuation is. It says so even when the code comes back from a BCL task, in a turn of nobody's.
    private static readonly ConditionalWeakTable<object, LoopTask> s_owners = [];

    private readonly EventLoop _loop;
    private readonly Action _continuation;
    private readonly Future? _future;
    private readonly bool _isCoroutine;
    private LoopTask? _owner;
    private long _turn;

    private PlainWait(EventLoop loop, Future? future, bool isCoroutine, Action continuation)
    {
        _loop = loop;
        _future = future;
        _isCoroutine = isCoroutine;
        _continuation = continuation;
        Register();
    }

    /// <summary>The next one in the list that this one is in.</summary>
    public PlainWait? Next { get; set; }

    /// <summary>The foreign await that this wait is a part of; null when none is known.</summary>
    public ForeignWait? Part { get; set; }

    /// <summary>What waits.</summary>
    public Action Continuation => _continuation;

    private LoopTask? TaskInside => Part is { IsPending: true } part ? part.Task : null;

    /// <summary>Plain code waits for a future.</summary>
    public static void Begin(Future future, Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        future.Loop.BclWaits++;
        var wait = new PlainWait(future.Loop, future, isCoroutine: false, continuation);
        future.AddCallback(wait);
        wait.TellTask();
    }

    /// <summary>Plain code waits for a coroutine, which a task of its own runs.</summary>
    public static void BeginCoroutine(LoopTask runner, in LoopTaskOptions options, Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        runner.Loop.BclWaits++;
        var wait = new PlainWait(runner.Loop, runner, isCoroutine: true, continuation);
        runner.AddCallback(wait);
        runner.Begin(options);

        // Now that the coroutine has come to its first await: cancelled before, it would not run at all, and leave
        // nothing that the plain code could take.
        wait.TellTask();
    }

    /// <summary>Plain code lets everything else run that is ready.</summary>
    public static void BeginYield(EventLoop loop, Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        loop.Ready.Enqueue(
            new PlainWait(loop, future: null, isCoroutine: false, continuation), null, null, ExecutionContext.Capture());
    }

    /// <summary>The task has called plain code in its step, and now awaits something foreign: it comes down to
    /// what that code waits for.</summary>
    public static void Adopt(ForeignWait part)
    {
        EventLoop loop = part.Task.Loop;
        var begun = (PlainWait?)loop.PlainWaits;
        loop.PlainWaits = null;
        while (begun is not null)
        {
            PlainWait? next = begun.Next;
            if (begun._turn == loop.Ready.Turn)
            {
                begun.Next = null;
                if (begun._owner == part.Task)
                {
                    part.Add(begun);
                    part.Task.OnPlainWait(begun, inStep: true);
                }
                else
                {
                    // Of the task whose step started this one eagerly.
                    begun.Next = (PlainWait?)loop.PlainWaits;
                    loop.PlainWaits = begun;
                }
            }

            begun = next;
        }
    }

    /// <summary>What plain code a task has called in the step that runs, the last first.</summary>
    public static PlainWait? LastBegunBy(LoopTask task)
    {
        var begun = (PlainWait?)task.Loop.PlainWaits;
        while (begun is not null && (begun._owner != task || begun._turn != task.Loop.Ready.Turn))
        {
            begun = begun.Next;
        }

        return begun;
    }

    public void CollectAwaiters(ICollection<Future> awaiters)
    {
        if ((Part is null ? _owner : TaskInside) is { IsDone: false } task)
        {
            awaiters.Add(task);
        }
    }

    public bool MayLeadTo(ForeignWait part) => PlainCode.MayLeadTo(_continuation, part);

    /// <summary>Cancels what is waited for. True when the await will throw a cancellation.</summary>
    public bool Cancel(string? message) =>
        _future is not null && (_future.Cancel(message) || (_future.IsDone && _future.ThrowsCancellation));

    internal override void Execute(object? first, object? second)
    {
        if (_future is not null)
        {
            _loop.BclWaits--;
        }

        ForeignWait? part = TaskInside is null ? null : Part;
        Part?.Remove(this);
        if (part is null)
        {
            _continuation();
            return;
        }

        // The plain code is a part of the task, so the task is the current one. Its own step does not run now.
        _loop.Injected = part.Task.TakeCancellationFor(_future, _isCoroutine);
        _loop.CurrentWork = part.Task;
        _loop.PlainPart = part;
        try
        {
            _continuation();
        }
        finally
        {
            _loop.Injected = null;
            _loop.CurrentWork = null;
            _loop.PlainPart = null;
        }
    }

    private void TellTask() => TaskInside?.OnPlainWait(this, inStep: false);

    private void Register()
    {
        object? code = _continuation.Target;
        if (_loop.PlainPart is ForeignWait part && part.IsPending)
        {
            Remember(code, part.Task);
            part.Add(this);
        }
        else if (_loop.CurrentWork is LoopTask task)
        {
            Remember(code, task);
            _owner = task;
            _turn = _loop.Ready.Turn;
            var before = (PlainWait?)_loop.PlainWaits;
            Next = before?._turn == _turn ? before : null;
            _loop.PlainWaits = this;
        }
        else if (code is not null && s_owners.TryGetValue(code, out LoopTask? owner))
        {
            owner.CurrentForeignWait?.Add(this);
        }
    }

    private static void Remember(object? code, LoopTask task)
    {
        // Another task may have had it before: an iterator that was handed on, or the object of a call that has ended.
        if (code is not null && !(s_owners.TryGetValue(code, out LoopTask? owner) && owner == task))
        {
            s_owners.AddOrUpdate(code, task);
        }
    }
}

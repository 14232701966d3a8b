using System.Diagnostics;

namespace Gyre;

/// <summary>Several loops, each on a thread of its own: for servers on all cores. Given to the body of
/// <c>Aio.LoopGroup</c> and <see cref="Run(Func{LoopGroup, Coroutine}, LoopGroupOptions?)"/>.</summary>
/// <remarks>
/// <para>The first loop is the owner's, on which the body runs; the others are the group's. A task stays on the loop
/// on which it was begun, and a loop shares nothing with another: pass messages with
/// <see cref="EventLoop.CallSoonThreadSafe(Action, ExecutionContext?)"/>, <see cref="SharedQueue{T}"/>, or
/// <see cref="RunOnAsync{T}"/>.</para>
/// <para>The block ends as that of a <see cref="TaskGroup"/> does: when its body and what it started on any of the
/// loops have ended. When one fails, the rest is cancelled, on all loops, and all errors leave as one
/// <see cref="AggregateException"/>. Then the loops end one by one: each cancels the tasks that are left on it and
/// waits for them. A loop that fails itself ends the group in the same way. Guarantees G-130 to G-134.</para>
/// <para>Members belong to the owner's thread unless they say otherwise. asyncio has no counterpart.</para>
/// </remarks>
[DebuggerDisplay("Loops = {Loops.Count}")]
public sealed partial class LoopGroup
{
    private readonly List<LoopMember> _members = [];
    private readonly List<Exception> _loopErrors = [];
    private readonly EventLoop _owner;
    private TaskGroup? _tasks;
    private WaitFuture? _allEnded;
    private int _running;
    private bool _stopping;

    private LoopGroup(EventLoop owner, LoopGroupOptions options)
    {
        _owner = owner;
        int count = options.CheckedCount;
        try
        {
            for (int i = 1; i < count; i++)
            {
                _members.Add(new LoopMember(owner, options, i, OnEnded));
            }
        }
        catch
        {
            _members.ForEach(member => member.Discard());
            throw;
        }

        Loops = [owner, .. _members.Select(member => member.Loop)];
    }

    /// <summary>The loops. The first one is the owner's. Any thread.</summary>
    public IReadOnlyList<EventLoop> Loops { get; }

    /// <summary>Runs a coroutine with a loop for each processor, and returns when it and all that it started have
    /// ended.</summary>
    /// <param name="main">Runs on this thread, whose loop is the first of the group.</param>
    /// <param name="options">How many loops, and how they are made.</param>
    /// <remarks>As <c>Aio.Run</c>: on Ctrl-C the coroutine is cancelled.</remarks>
    /// <exception cref="InvalidOperationException">This thread runs a loop already.</exception>
    /// <exception cref="AggregateException">What was started has failed, or a loop has.</exception>
    public static void Run(Func<LoopGroup, Coroutine> main, LoopGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        using var runner = new Runner(options?.Loop);
        runner.Run(OpenAsync(main, options));
    }

    /// <inheritdoc cref="Run(Func{LoopGroup, Coroutine}, LoopGroupOptions?)"/>
    /// <returns>The coroutine's result.</returns>
    public static T Run<T>(Func<LoopGroup, Coroutine<T>> main, LoopGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        using var runner = new Runner(options?.Loop);
        return runner.Run(OpenAsync(main, options));
    }

    /// <summary>Starts a task of the group on one of the loops.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="function">Called on the loop's thread.</param>
    /// <param name="name">The name of the task that stands for it on the owner's loop.</param>
    /// <returns>That task: it ends as the coroutine does, and cancelling it cancels the coroutine.</returns>
    /// <exception cref="InvalidOperationException">The group has ended or is being cancelled.</exception>
    public LoopTask<T> CreateTask<T>(EventLoop loop, Func<Coroutine<T>> function, string? name = null) =>
        Tasks.CreateTask(RunOnAsync(loop, function), name);

    /// <inheritdoc cref="CreateTask{T}(EventLoop, Func{Coroutine{T}}, string?)"/>
    public LoopTask CreateTask(EventLoop loop, Func<Coroutine> function, string? name = null) =>
        Tasks.CreateTask(RunOnAsync(loop, function), name);

    /// <summary>Starts a task of the group on each of the loops. Nobody but the group awaits them.</summary>
    /// <param name="function">Called once on the thread of each loop.</param>
    /// <exception cref="InvalidOperationException">The group has ended or is being cancelled.</exception>
    public void StartOnEach(Func<Coroutine> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        foreach (EventLoop loop in Loops)
        {
            CreateTask(loop, function);
        }
    }

    /// <summary>Has a loop run a coroutine in a task of its own, and waits for its end.</summary>
    /// <param name="loop">One of the loops; the caller's own will do.</param>
    /// <param name="function">Called on the loop's thread.</param>
    /// <returns>The coroutine's result.</returns>
    /// <remarks>On the thread of any running loop. On cancel: the coroutine is cancelled, and waited
    /// for.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed, or was closed before the coroutine had
    /// ended.</exception>
    public async Coroutine<T> RunOnAsync<T>(EventLoop loop, Func<Coroutine<T>> function)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentNullException.ThrowIfNull(function);
        if (loop.IsOnLoopThread)
        {
            return await function();
        }

        var call = RemoteCall<T>.Begin(loop, function);
        try
        {
            return await call;
        }
        finally
        {
            if (call.HasMissedCancel)
            {
                DeliverAgain();
            }
        }
    }

    /// <inheritdoc cref="RunOnAsync{T}(EventLoop, Func{Coroutine{T}})"/>
    public async Coroutine RunOnAsync(EventLoop loop, Func<Coroutine> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        await RunOnAsync(loop, async Coroutine<VoidResult> () =>
        {
            await function();
            return default;
        });
    }

    /// <summary>A request to cancel that came too late for the call is for the next await of the task.</summary>
    private static void DeliverAgain()
    {
        if (EventLoop.Running.CurrentTask is { Requests: > 0 } task)
        {
            task.Uncancel();
            task.CancelFrom(task.Scope, message: null);
        }
    }

    /// <summary>Ends the group without an error: cancels the body and the tasks on all loops.</summary>
    public void Cancel() => Tasks.Cancel();

    private TaskGroup Tasks => _tasks ?? throw new InvalidOperationException("The group of loops has ended.");
}

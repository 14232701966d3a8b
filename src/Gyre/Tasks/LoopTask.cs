using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Gyre;

/// <summary>A coroutine that the loop runs by itself, a step at a time.</summary>
/// <remarks>
/// <para>Loop thread only. The first step runs in the next iteration, unless the task was started eagerly (G-22).
/// The loop holds a pending task: it never vanishes (G-28). Its error goes to whoever awaits it; if nobody does, to
/// the loop's exception handler (G-90).</para>
/// <para>asyncio: <c>Task</c>.</para>
/// </remarks>
public abstract partial class LoopTask : Future
{
    private readonly uint _number;

    // A byte, so that the runtime has one for the room behind the byte of the base: the task is 8 bytes smaller.
    private byte _scopeMasks;
    private TaskFlags _flags;

    private protected LoopTask(TaskRegistry registry, CoroutineBox? root, in LoopTaskOptions options)
        : base(registry.Loop)
    {
        _leaf = root;
        _context = options.Context ?? ExecutionContext.Capture();
        if (options.Name is { } name)
        {
            Rare.Name = name;
        }
        else
        {
            long number = registry.Numbers.Next();
            _number = (uint)number;
            if (number > uint.MaxValue)
            {
                Rare.Name = NameOf(number);
            }
        }

        if (options.Scope is not null)
        {
            EnterScope(options.Scope);
        }

        root?.Start(parent: null);
    }

    [Flags]
    private enum TaskFlags : ushort
    {
        None = 0,

        /// <summary>The coroutine has begun to run.</summary>
        Started = 1,

        /// <summary>A request to cancel waits for the next step or the next await.</summary>
        MustCancel = 2,

        /// <summary>The task awaits something that is not of this library.</summary>
        WaitsForForeign = 4,

        /// <summary>The request that waits was also given to BCL code, by the task's token.</summary>
        SentByToken = 8,

        /// <summary>A token of this task was cancelled.</summary>
        TokenFired = 16,

        /// <summary>A call of <see cref="Cancel"/> that is under way has passed through the task.</summary>
        OnCancelPath = 32,

        /// <summary>That call came back to the task: it waits, through others, for itself.</summary>
        InCircle = 64,

        /// <summary>A cancelled scope reaches the place where the task is: every await is cancelled.</summary>
        ScopeCancelled = 128,

        /// <summary>The request that waits was also given to plain code that the task waits for.</summary>
        SentToPlain = 256,

        /// <summary>The leaf knows what the task waits for, or has waited for until it was queued.</summary>
        Waits = 512,

        /// <summary>The task has given way where what it awaited had ended: its result waits for it.</summary>
        GaveWay = 1024,

        /// <summary>All that is known of a request that waits.</summary>
        PendingRequest = MustCancel | SentByToken | SentToPlain,
    }

    /// <summary>The task's name, <c>Task-N</c> unless it was given one. asyncio: <c>get_name</c>,
    /// <c>set_name</c>.</summary>
    public string Name
    {
        get => RareOrNull?.Name ?? (Rare.Name = NameOf(_number));
        set => Rare.Name = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The name of the coroutine method that the task is suspended in; null when it is done.</summary>
    public string? CoroutineName => IsDone ? null : _leaf?.Name;

    /// <summary>The context in which the task's steps run. asyncio: <c>get_context</c>.</summary>
    public ExecutionContext? Context =>
        RareOrNull is { } rare ? rare.Context : Unsafe.As<ExecutionContext?>(_context);

    /// <summary>Where the registry keeps the task while it is pending.</summary>
    internal int RegistrySlot { get; set; }

    private TaskRegistry Registry => TaskRegistry.Of(Loop);

    /// <summary>What few tasks have, made for those that do.</summary>
    private RareState Rare
    {
        get
        {
            if (_context is not RareState rare)
            {
                rare = new RareState { Context = Context };
                _context = rare;
            }

            return rare;
        }
    }

    private RareState? RareOrNull => _context as RareState;

    /// <summary>What the task waits for, or null when its step is queued or running, or what it awaits is
    /// foreign.</summary>
    internal Future? Waiter => Has(TaskFlags.Waits) ? Unsafe.As<Future>(_leaf!.Awaited) : null;

    internal sealed override object NamedAs(object? first) => this;

    internal override string Describe() => $"task '{Name}'";

    private protected sealed override void AppendProgress(StringBuilder text)
    {
        text.Append(Cancelling() > 0 ? "cancelling" : "pending").Append(", in ").Append(CoroutineName);
        if (Waiter is { } waiter)
        {
            // Only what it is: a chain of tasks may be as long as memory allows.
            text.Append(", waits for ").Append(waiter.Describe());
        }
    }

    /// <summary>Whether the task has taken its first step.</summary>
    internal bool IsStarted => Has(TaskFlags.Started);

    /// <summary>Whether the task awaits something that is not of this library.</summary>
    internal bool IsInForeignAwait => Has(TaskFlags.WaitsForForeign);

    internal override IReadOnlyCollection<Future> WaitsFor => Waiter is { } waiter ? [waiter] : [];

    /// <summary>The innermost coroutine that the task is suspended in. Out of date while its step runs.</summary>
    internal CoroutineBox? Leaf => _leaf;

    /// <summary>The coroutine methods that the task is inside of, the innermost first.</summary>
    internal IEnumerable<string> CoroutineNames
    {
        get
        {
            for (CoroutineBox? box = _leaf; box is not null; box = box.Parent)
            {
                yield return box.Name;
            }
        }
    }

    /// <summary>Registers the task and queues or runs its first step.</summary>
    internal void Begin(in LoopTaskOptions options)
    {
        TaskRegistry registry = Registry;
        registry.Add(this);
        if (options.CancellationToken.CanBeCanceled)
        {
            ListenTo(options.CancellationToken);
        }

        // Eager steps inside eager steps, thousands deep: the next one waits for its turn.
        if (options.EagerStart == true && Loop.IsOnLoopThread && RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            StepEagerly();
        }
        else
        {
            registry.QueueFirstStep(this);
        }
    }

    private static string NameOf(long number) => $"Task-{number}";

    private bool Has(TaskFlags flag) => (_flags & flag) != 0;

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(!IsDone, "A task that is done takes no further step.");
        Debug.Assert(_leaf is not null, "A pending task has a coroutine to resume.");
        Debug.Assert(Loop.Injected is null, "An exception is injected for one step and taken in it.");
        Debug.Assert(
            IsScopeCancelled == Scope?.FindCancelled() is not null, "The flag says whether a cancelled scope reaches the task.");
    }

    /// <summary>State that nearly no task needs. In the task itself it would be a third of each.</summary>
    private sealed class RareState
    {
        public ExecutionContext? Context;
        public string? Name;

        /// <summary>The message of a request that waits for the next await, or did.</summary>
        public string? CancelMessage;
        public CancellationTokenSource? TokenSource;
        public CancellationTokenRegistration Listening;

        /// <summary>The await of something foreign that the task is in.</summary>
        public ForeignWait? ForeignWait;

        /// <summary>The innermost scope around the place where the task is.</summary>
        public CancelScope? Scope;
    }
}

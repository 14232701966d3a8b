using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Gyre;

/// <summary>One call of a coroutine: its state machine, who awaits it, and its outcome.</summary>
//                          ┌──awaits a coroutine──▶ Calling
//                          ▼                          │ that has ended
// Created ──first run──▶ Running ◀────────────────────┘
//    │                     └──SetResult/SetException──▶ Completed/Failed ──GetResult──▶ Free (version + 1)
//    └── dropped: reported as never awaited                                  └── to the pool, or to the collector
// Invariant: Parent is set before the box runs and stays until Free; it is null for a task's root.
// Invariant: from a box of a chain that runs, the links of those that are Calling lead to the one that runs.
// Invariant: a Coroutine value is valid while its version equals the box's; only Free changes the version.
internal abstract class CoroutineBox
{
    // Calling: the box that this one awaits. Failed: the CarriedError. While the box is a task's leaf: what the task
    // waits for, which is in nobody's way here and would make the task larger. Otherwise null.
    private object? _link;
    private int _version;
    private BoxState _state;

    private protected CoroutineBox()
    {
    }

    /// <summary>Reports a coroutine that was dropped without being run. A pooled box has nothing to report.</summary>
    ~CoroutineBox()
    {
        if (_state == BoxState.Created)
        {
            RuntimeWarnings.Raise($"coroutine '{Name}' was never awaited");
        }
    }

    private protected enum BoxState : byte
    {
        Free,
        Created,
        Running,
        Calling,
        Completed,
        Failed,
    }

    /// <summary>The box that awaits this one.</summary>
    public CoroutineBox? Parent { get; private set; }

    public int Version => _version;

    public bool IsCompleted => _state >= BoxState.Completed;

    public bool IsFailed => _state == BoxState.Failed;

    /// <summary>The coroutine method's name.</summary>
    public abstract string Name { get; }

    /// <summary>The compiler's type for the method; null for a box that stands for no method.</summary>
    public virtual Type? StateMachineType => null;

    /// <summary>The type that declares the method, where there is no <see cref="StateMachineType"/> to tell.</summary>
    public virtual string? DeclaredIn => null;

    /// <summary>Whether the method is one of this library's.</summary>
    public bool IsOfLibrary => StateMachineType is not { } type || type.Assembly == typeof(CoroutineBox).Assembly;

    /// <summary>Whether the coroutine fills memory of its caller's that others may share: then the caller goes on in the
    /// same step (G-138), and gives way at another await.</summary>
    public virtual bool HasFilledMemory => false;

    /// <summary>Reads what a step that begins here will touch: this box, and the one that awaits it.</summary>
    internal int LoadAhead() => _version + (Parent?._version ?? 0);

    /// <summary>Runs the coroutine to its next suspension or to its end. Never throws.</summary>
    public abstract void MoveNext();

    /// <summary>Whether <paramref name="version"/> is this call, and it has not been awaited yet.</summary>
    public bool CanStart(int version) => _state == BoxState.Created && _version == version;

    /// <summary>Claims the box for the one that awaits it; it is run next.</summary>
    public void Start(CoroutineBox? parent)
    {
        Parent = parent;
        _state = BoxState.Running;
    }

    /// <summary>The box awaits another, which is run next.</summary>
    public void Call(CoroutineBox box)
    {
        box.Start(this);
        _link = box;
        _state = BoxState.Calling;
    }

    /// <summary>The box that this one awaits; null when it awaits none.</summary>
    // Only Call enters that state, with a box: no need to ask for its type on every await.
    public CoroutineBox? Called => _state == BoxState.Calling ? Unsafe.As<CoroutineBox>(_link) : null;

    /// <summary>What the task waits for that is suspended at this box.</summary>
    public object? Awaited
    {
        get => _link;
        set => _link = value;
    }

    /// <summary>What the box has called has ended: it runs again.</summary>
    public void OnReturned()
    {
        _link = null;
        _state = BoxState.Running;
    }

    /// <summary>Ends a coroutine that never ran, without running it, and without a report.</summary>
    public void Discard()
    {
        _state = BoxState.Running;
        Free();
    }

    public void Fail(Exception error)
    {
        Fail(CarriedError.Capture(error));
    }

    public void Fail(CarriedError error)
    {
        _link = error;
        _state = BoxState.Failed;
    }

    /// <summary>Takes the error of a completed box without throwing it, and frees the box if there is one.</summary>
    public CarriedError? TakeError()
    {
        if (_state != BoxState.Failed)
        {
            return null;
        }

        var error = (CarriedError)_link!;
        _link = null;
        Free();
        return error;
    }

    /// <summary>Throws the error of a box that has failed, and frees it.</summary>
    // Inlined, as its callers are: each frame between a throw and its catch costs 200 ns, and every coroutine
    // that an exception goes through throws it again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void ThrowIfFailed(int version)
    {
        if (_state != BoxState.Completed || _version != version)
        {
            TakeErrorToThrow(version).Throw();
        }
    }

    private ExceptionDispatchInfo TakeErrorToThrow(int version)
    {
        if (_version != version || TakeError() is not { } error)
        {
            throw new InvalidOperationException(
                "A coroutine has a result only for the one who awaits it. Await it, once, and do not call GetResult "
                + "yourself.");
        }

        return error.ToThrow();
    }

    /// <summary>Ends this use of the box.</summary>
    public void Free()
    {
        _version++;
        _state = BoxState.Free;
        Parent = null;
        ReturnToPool();
    }

    [DoesNotReturn]
    public static void ThrowNotAwaitable() => throw new InvalidOperationException(
        "A coroutine is awaited once, and this one has been. Make a task of it with Aio.CreateTask "
        + "to wait for it in several places.");

    /// <summary>Hands the coroutine on under the type of its result.</summary>
    public abstract object Give(ICoroutineUser user, int version);

    /// <summary>The box is a call that has not run.</summary>
    internal void MarkCreated() => _state = BoxState.Created;

    private protected void MarkCompleted() => _state = BoxState.Completed;

    private protected abstract void ReturnToPool();
}

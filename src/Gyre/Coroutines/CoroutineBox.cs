using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Gyre;

/// <summary>One call of a coroutine: its state machine, who awaits it, and its outcome.</summary>
// Created ──first run──▶ Running ──SetResult/SetException──▶ Completed ──GetResult──▶ Free (version + 1)
//    └──────────────dropped: reported as never awaited             └── back to the pool, or to the collector
// Invariant: _parent is set before the box runs and stays until Free; it is null for a task's root.
// Invariant: a Coroutine value is valid while its version equals the box's; only Free changes the version.
internal abstract class CoroutineBox
{
    private CarriedError? _error;
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
        Completed,
    }

    /// <summary>The box that awaits this one. While the box is free: the next free one.</summary>
    public CoroutineBox? Parent { get; private protected set; }

    public int Version => _version;

    public bool IsCompleted => _state == BoxState.Completed;

    public bool IsFailed => _error is not null;

    /// <summary>The coroutine method's name.</summary>
    public abstract string Name { get; }

    /// <summary>The compiler's type for the method; null for a box that stands for no method.</summary>
    public virtual Type? StateMachineType => null;

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

    /// <summary>Ends a coroutine that never ran, without running it, and without a report.</summary>
    public void Discard()
    {
        _state = BoxState.Running;
        Free();
    }

    public void Fail(Exception error)
    {
        _error = CarriedError.Capture(error);
        _state = BoxState.Completed;
    }

    /// <summary>Takes the error of a completed box without throwing it, and frees the box if there is one.</summary>
    public CarriedError? TakeError()
    {
        if (_error is not { } error)
        {
            return null;
        }

        Free();
        return error;
    }

    /// <summary>Throws the error of a completed box, if it has one, and frees it then.</summary>
    [StackTraceHidden]
    public void ThrowIfFailed(int version)
    {
        if (_version != version || _state != BoxState.Completed)
        {
            ThrowNotAwaited();
        }

        if (_error is not null)
        {
            TakeError()!.Throw();
        }
    }

    /// <summary>Ends this use of the box.</summary>
    public void Free()
    {
        _error = null;
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

    private protected void MarkCreated() => _state = BoxState.Created;

    private protected void MarkCompleted() => _state = BoxState.Completed;

    private protected abstract void ReturnToPool();

    [DoesNotReturn]
    private static void ThrowNotAwaited() => throw new InvalidOperationException(
        "A coroutine has a result only for the one who awaits it. Await it, once, and do not call GetResult yourself.");
}

namespace Gyre;

/// <summary>A callback that waits for its turn, as <see cref="EventLoop.CallSoon(Action, ExecutionContext?)"/>
/// returns it.</summary>
/// <remarks>Loop thread only, except for handles of <c>CallSoonThreadSafe</c>. A value of two words: keeping it,
/// copying
/// it and dropping it cost nothing. asyncio: <c>Handle</c>.</remarks>
public readonly struct Handle : IEquatable<Handle>
{
    private readonly EventLoop? _loop;
    private readonly ThreadSafeCallback? _posted;
    private readonly long _position;

    internal Handle(EventLoop loop, long position)
    {
        _loop = loop;
        _position = position;
    }

    internal Handle(ThreadSafeCallback posted) => _posted = posted;

    /// <summary>Whether the callback still waits for its turn.</summary>
    public bool IsPending => _posted is { } posted
        ? posted.IsPending
        : _loop is { } loop && loop.IsPending(_position);

    /// <summary>Whether the callback was cancelled before its turn.</summary>
    /// <remarks>A handle of <c>CallSoon</c> forgets it once the turn has passed: then neither this nor
    /// <see cref="IsPending"/> is true.</remarks>
    public bool IsCancelled => _posted is { } posted
        ? posted.IsCancelled
        : _loop is { } loop && loop.IsCancelled(_position);

    /// <summary>The context that the callback is going to run in; null when it has run or was cancelled. asyncio:
    /// <c>get_context</c>.</summary>
    public ExecutionContext? Context => _posted is { } posted
        ? posted.Context
        : _loop is { } loop && loop.IsPending(_position) ? loop.Ready.At(_position).Context : null;

    /// <summary>Keeps the callback from running. Does nothing when it has run or was cancelled before.</summary>
    /// <returns>True when this call cancelled it.</returns>
    /// <remarks>Its turn is not given to another: the place in the queue stays, empty.</remarks>
    public bool Cancel() => _posted is { } posted
        ? posted.Cancel()
        : _loop is { } loop && loop.CancelReady(_position);

    /// <summary>For reading by people: the callback's name while it waits for its turn.</summary>
    public override string ToString() =>
        IsCancelled ? "cancelled callback"
        : !IsPending ? "callback that has run"
        : _loop is { } loop && loop.Ready.At(_position).Item is Delegate callback ? $"callback {CallbackName.Of(callback)}"
        : "callback of CallSoonThreadSafe";

    /// <inheritdoc/>
    public bool Equals(Handle other) =>
        ReferenceEquals(_loop, other._loop) && ReferenceEquals(_posted, other._posted) && _position == other._position;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Handle other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_loop, _posted, _position);

    /// <summary>Whether both name the same scheduled callback.</summary>
    public static bool operator ==(Handle left, Handle right) => left.Equals(right);

    /// <summary>Whether they name different scheduled callbacks.</summary>
    public static bool operator !=(Handle left, Handle right) => !left.Equals(right);
}

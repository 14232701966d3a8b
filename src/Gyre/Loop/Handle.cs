namespace Gyre;

/// <summary>A callback that waits for its turn, as <see cref="EventLoop.CallSoon(Action, ExecutionContext?)"/>
/// returns it.</summary>
/// <remarks>Loop thread only, except for handles of <c>CallSoonThreadSafe</c>. A value of two words: keeping it,
/// copying it and dropping it cost nothing. asyncio: <c>Handle</c>.</remarks>
public readonly struct Handle : IEquatable<Handle>
{
    // A loop and a position of its ready queue, or a segment of its inbox and a position there.
    private readonly object? _owner;
    private readonly long _position;

    internal Handle(EventLoop loop, long position)
    {
        _owner = loop;
        _position = position;
    }

    internal Handle(InboxSegment segment, long position)
    {
        _owner = segment;
        _position = position;
    }

    /// <summary>Whether the callback still waits for its turn.</summary>
    public bool IsPending => _owner switch
    {
        EventLoop loop => loop.IsPending(_position),
        InboxSegment segment => segment.At(_position).IsPending(_position),
        _ => false,
    };

    /// <summary>Whether the callback was cancelled before its turn.</summary>
    /// <remarks>A handle of <c>CallSoon</c> forgets it once the turn has passed: then neither this nor
    /// <see cref="IsPending"/> is true.</remarks>
    public bool IsCancelled => _owner switch
    {
        EventLoop loop => loop.IsCancelled(_position),
        InboxSegment segment => segment.At(_position).IsCancelled(_position),
        _ => false,
    };

    /// <summary>The context that the callback is going to run in; null when it has run or was cancelled. asyncio:
    /// <c>get_context</c>.</summary>
    public ExecutionContext? Context => _owner switch
    {
        EventLoop loop when loop.IsPending(_position) => loop.Ready.At(_position).Context,
        InboxSegment segment => segment.At(_position).ContextOf(_position),
        _ => null,
    };

    /// <summary>Keeps the callback from running. Does nothing when it has run or was cancelled before.</summary>
    /// <returns>True when this call cancelled it.</returns>
    /// <remarks>Its turn is not given to another: the place in the queue stays, empty.</remarks>
    public bool Cancel() => _owner switch
    {
        EventLoop loop => loop.CancelReady(_position),
        InboxSegment segment => segment.At(_position).Cancel(_position),
        _ => false,
    };

    /// <summary>For reading by people: the callback's name while it waits for its turn.</summary>
    public override string ToString() =>
        IsCancelled ? "cancelled callback"
        : !IsPending ? "callback that has run"
        : _owner is EventLoop loop && loop.Ready.At(_position).Item is Delegate callback
            ? $"callback {CallbackName.Of(callback)}"
        : "callback of CallSoonThreadSafe";

    /// <inheritdoc/>
    public bool Equals(Handle other) => ReferenceEquals(_owner, other._owner) && _position == other._position;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Handle other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_owner, _position);

    /// <summary>Whether both name the same scheduled callback.</summary>
    public static bool operator ==(Handle left, Handle right) => left.Equals(right);

    /// <summary>Whether they name different scheduled callbacks.</summary>
    public static bool operator !=(Handle left, Handle right) => !left.Equals(right);
}

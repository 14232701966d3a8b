using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>A call of an <c>async Coroutine&lt;T&gt;</c> method. It is cold: nothing runs until it is awaited or
/// made a task.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks>As <see cref="Coroutine"/>. The default value is no coroutine: awaiting it is an error.</remarks>
[AsyncMethodBuilder(typeof(CoroutineMethodBuilder<>))]
public readonly struct Coroutine<T> : IAwaitable<T>
{
    private readonly CoroutineBox<T>? _box;
    private readonly int _version;

    internal Coroutine(CoroutineBox<T> box, int version)
    {
        _box = box;
        _version = version;
    }

    /// <summary>The coroutine, its result left aside.</summary>
    public static implicit operator Awaitable(Coroutine<T> coroutine) =>
        coroutine._box is { } box ? new Awaitable(box, coroutine._version) : Awaitable.None;

    /// <summary>Awaits the coroutine. For the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public CoroutineAwaiter<T> GetAwaiter() => new(_box ?? throw NoCoroutine(), _version);

    Awaitable IAwaitable<T>.AsAwaitable() => this;

    /// <summary>Claims the coroutine for a task.</summary>
    internal CoroutineBox<T> Claim()
    {
        CoroutineBox<T> box = _box ?? throw NoCoroutine();
        if (!box.CanStart(_version))
        {
            CoroutineBox.ThrowNotAwaitable();
        }

        return box;
    }

    /// <inheritdoc cref="Coroutine.Discard"/>
    public void Discard()
    {
        if (_box is not null && _box.CanStart(_version))
        {
            _box.Discard();
        }
    }

    private static InvalidOperationException NoCoroutine() => new(
        "This is the default value of Coroutine<T>, not a coroutine. Call an async method to get one.");
}

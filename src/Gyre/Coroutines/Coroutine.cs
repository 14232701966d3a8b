using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>A call of an <c>async Coroutine</c> method. It is cold: nothing runs until it is awaited or made a
/// task.</summary>
/// <remarks>
/// <para>Loop thread only. Awaiting runs it inside the awaiting task, without a trip through the loop. It is awaited
/// once; <c>Aio.CreateTask</c> makes a task of it that may be awaited many times. One that is dropped without being
/// run is reported through <see cref="RuntimeWarnings"/>.</para>
/// <para>The default value is a coroutine that has ended. asyncio: a coroutine object.</para>
/// </remarks>
[AsyncMethodBuilder(typeof(CoroutineMethodBuilder))]
public readonly struct Coroutine
{
    private readonly CoroutineBox<VoidResult>? _box;
    private readonly int _version;

    internal Coroutine(CoroutineBox<VoidResult> box, int version)
    {
        _box = box;
        _version = version;
    }

    internal CoroutineBox<VoidResult>? Box => _box;

    /// <summary>Awaits the coroutine. For the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public CoroutineAwaiter GetAwaiter() => new(_box, _version);

    internal Awaitable AsAwaitable() => new(_box, _version);

    /// <summary>Claims the coroutine for a task.</summary>
    internal CoroutineBox<VoidResult>? Claim()
    {
        if (_box is not null && !_box.CanStart(_version))
        {
            CoroutineBox.ThrowNotAwaitable();
        }

        return _box;
    }

    /// <summary>Drops the coroutine without running it and without a report. Does nothing once it was
    /// awaited.</summary>
    /// <remarks>asyncio: <c>coro.close()</c> on a coroutine that was not started.</remarks>
    public void Discard()
    {
        if (_box is not null && _box.CanStart(_version))
        {
            _box.Discard();
        }
    }
}

namespace Gyre;

/// <summary>Anything that can be awaited, its result left aside: a coroutine, a future, a task of the loop, a
/// <see cref="Task"/> or a <see cref="ValueTask"/>.</summary>
/// <remarks>
/// <para>Made by conversion from any of these; for parameters that take all of them. It is as good as what it was made
/// of: a coroutine is awaited once, and runs nothing before that. A BCL task that was made part of it is not cancelled
/// with it: it is let go of.</para>
/// <para>The default value is a coroutine that has ended. asyncio: an awaitable.</para>
/// </remarks>
public readonly struct Awaitable
{
    private const int NoVersion = -1;

    /// <param name="source">A CoroutineBox, a Future or a BCL task; null for the completed coroutine.</param>
    /// <param name="version">The version of the box.</param>
    internal Awaitable(object? source, int version)
    {
        Source = source;
        Version = version;
    }

    internal object? Source { get; }

    internal int Version { get; }

    /// <summary>Any coroutine.</summary>
    public static implicit operator Awaitable(Coroutine coroutine) => coroutine.AsAwaitable();

    /// <summary>Any task of the BCL.</summary>
    public static implicit operator Awaitable(Task task) => OfReference(task);

    /// <summary>Any task of the BCL.</summary>
    public static implicit operator Awaitable(ValueTask task) => new(task.AsTask(), 0);

    /// <summary>Made of a null reference, or of the default value of a coroutine with a result.</summary>
    // A conversion must not throw; whoever uses this is told.
    internal static Awaitable None => new(null, NoVersion);

    internal static Awaitable OfReference(object? source) => source is null ? None : new Awaitable(source, 0);

    internal void ThrowIfNone()
    {
        if (Source is null && Version == NoVersion)
        {
            throw new ArgumentNullException(
                null, "What is to be awaited is null, or the default value of Coroutine<T>, which is no coroutine.");
        }
    }
}

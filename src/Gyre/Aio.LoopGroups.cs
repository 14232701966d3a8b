namespace Gyre;

public static partial class Aio
{
    /// <summary>Runs a body with several loops, each on a thread of its own, and returns when the body, what it
    /// started on them, and the loops have ended.</summary>
    /// <param name="body">Runs inside the current task. The running loop is the first of the group.</param>
    /// <param name="options">How many loops, and how they are made.</param>
    /// <remarks>On cancel: everything is cancelled, on all loops, and waited for; then the cancellation goes on.
    /// asyncio has no counterpart.</remarks>
    /// <exception cref="AggregateException">The errors of the tasks, of the body and of loops.</exception>
    /// <exception cref="InvalidOperationException">No task is running.</exception>
    public static Coroutine LoopGroup(Func<LoopGroup, Coroutine> body, LoopGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Gyre.LoopGroup.OpenAsync(body, options);
    }

    /// <inheritdoc cref="LoopGroup(Func{Gyre.LoopGroup, Coroutine}, LoopGroupOptions?)"/>
    /// <returns>The body's result.</returns>
    public static Coroutine<T> LoopGroup<T>(Func<LoopGroup, Coroutine<T>> body, LoopGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Gyre.LoopGroup.OpenAsync(body, options);
    }
}

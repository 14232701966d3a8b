namespace Gyre;

/// <summary>Makes the tasks of a loop. Derive from it to see, count, name or change what becomes a task.</summary>
/// <remarks>
/// <para>Loop thread only. Once it is the <c>TaskFactory</c> of a loop it is asked for every task of that loop:
/// those of <c>CreateTask</c>, of groups and combinators, of <c>Run</c>, and those that serve connections. A method that
/// is not overridden makes the task as a loop without a factory does; an override ends by calling it, or another
/// factory.</para>
/// <para>asyncio: a task factory, <c>set_task_factory</c>.</para>
/// </remarks>
public abstract class LoopTaskFactory
{
    /// <summary>Makes a task of a coroutine.</summary>
    /// <param name="loop">The loop that is to run it.</param>
    /// <param name="coroutine">A coroutine that has not been awaited.</param>
    /// <param name="options">What the caller asked for.</param>
    /// <returns>A task that runs <paramref name="coroutine"/>, or a coroutine around it.</returns>
    public virtual LoopTask CreateTask(EventLoop loop, Coroutine coroutine, LoopTaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(loop);
        return loop.StartDirectly(coroutine, options);
    }

    /// <inheritdoc cref="CreateTask(EventLoop, Coroutine, LoopTaskOptions)"/>
    public virtual LoopTask<T> CreateTask<T>(EventLoop loop, Coroutine<T> coroutine, LoopTaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(loop);
        return loop.StartDirectly(coroutine, options);
    }
}

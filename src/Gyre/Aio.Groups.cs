namespace Gyre;

public static partial class Aio
{
    /// <summary>Runs a body that starts tasks, and returns when the body and all of them have ended. asyncio:
    /// <c>TaskGroup</c>.</summary>
    /// <param name="body">Runs inside the current task, without a trip through the loop.</param>
    /// <remarks>When the body or a task fails, the rest is cancelled and waited for. On cancel: the tasks are cancelled
    /// and waited for, then the cancellation goes on. Guarantees G-33, G-44.</remarks>
    /// <exception cref="AggregateException">The errors of the tasks and of the body. The errors of a nested group are
    /// an AggregateException inside.</exception>
    /// <exception cref="InvalidOperationException">No task is running.</exception>
    public static Coroutine TaskGroup(Func<TaskGroup, Coroutine> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Gyre.TaskGroup.Run(body);
    }

    /// <inheritdoc cref="TaskGroup(Func{Gyre.TaskGroup, Coroutine})"/>
    /// <returns>The body's result.</returns>
    public static Coroutine<T> TaskGroup<T>(Func<TaskGroup, Coroutine<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Gyre.TaskGroup.Run(body);
    }
}

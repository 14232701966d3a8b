namespace Gyre;

public static partial class Aio
{
    /// <summary>Runs a body that can be cancelled by itself, at any time or by a deadline. What stands behind
    /// it runs on.</summary>
    /// <param name="body">Runs inside the current task, without a trip through the loop.</param>
    /// <param name="delay">The deadline from now; null for none. Zero or less cancels the first await that
    /// has to wait.</param>
    /// <param name="shield">Whether cancellation from outside is held off until the body has ended.</param>
    /// <returns>The scope, which tells how it ended.</returns>
    /// <remarks>
    /// <para>While the scope is cancelled, every await inside that has to wait is cancelled, also those of
    /// the body's clean-up; clean-up that waits stands in a shielded scope, which should have a deadline of
    /// its own. Errors and cancellation from outside leave unchanged. Guarantees G-50, G-51, G-52; what
    /// happens when scopes, timeouts, groups and requests meet: G-53.</para>
    /// <para>trio: <c>CancelScope</c>, <c>move_on_after</c>. For <c>fail_after</c> use
    /// <c>Aio.Timeout</c>.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">No task is running.</exception>
    public static Coroutine<CancelScope> CancelScope(
        Func<CancelScope, Coroutine> body, TimeSpan? delay = null, bool shield = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Gyre.CancelScope.Run(delay, shield, body);
    }

    /// <inheritdoc cref="CancelScope(Func{Gyre.CancelScope, Coroutine}, TimeSpan?, bool)"/>
    /// <param name="body">Runs inside the current task, without a trip through the loop.</param>
    /// <param name="whenCancelled">What is returned when the scope's cancellation has ended the body.</param>
    /// <param name="delay">The deadline from now; null for none. Zero or less cancels the first await that
    /// has to wait.</param>
    /// <param name="shield">Whether cancellation from outside is held off until the body has ended.</param>
    /// <returns>The body's result, or <paramref name="whenCancelled"/>.</returns>
    public static Coroutine<T> CancelScope<T>(
        Func<CancelScope, Coroutine<T>> body, T whenCancelled, TimeSpan? delay = null, bool shield = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Gyre.CancelScope.Run(delay, shield, whenCancelled, body);
    }
}

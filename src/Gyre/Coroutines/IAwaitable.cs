namespace Gyre;

/// <summary>What has a result of a known type and can be awaited: <see cref="Coroutine{T}"/>, <c>Future&lt;T&gt;</c>
/// and <c>LoopTask&lt;T&gt;</c>.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks>For parameters that take any of them. Only the library implements it; a BCL task becomes one with
/// <c>Aio.WrapFuture</c>. asyncio: an awaitable.</remarks>
// Invariant in T on purpose: whether arguments have results of one type must not depend on what converts to what.
public interface IAwaitable<T>
{
    /// <summary>The same without the type of its result.</summary>
    internal Awaitable AsAwaitable();
}

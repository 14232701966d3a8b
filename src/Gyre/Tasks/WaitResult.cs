namespace Gyre;

/// <summary>What <c>Aio.Wait</c> found: the futures that are done and those that are not, each in the order
/// given.</summary>
/// <typeparam name="TFuture">The type of the futures.</typeparam>
/// <param name="Done">The futures that are done.</param>
/// <param name="Pending">The futures that are not.</param>
public readonly record struct WaitResult<TFuture>(IReadOnlyList<TFuture> Done, IReadOnlyList<TFuture> Pending)
    where TFuture : Future;

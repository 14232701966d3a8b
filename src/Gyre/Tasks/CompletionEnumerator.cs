namespace Gyre;

/// <summary>One pass over a <see cref="CompletionSequence{TFuture}"/>.</summary>
/// <typeparam name="TFuture">The type of the futures.</typeparam>
public sealed class CompletionEnumerator<TFuture>
    where TFuture : Future
{
    private readonly CompletionSequence<TFuture> _sequence;
    private TFuture? _current;

    internal CompletionEnumerator(CompletionSequence<TFuture> sequence) => _sequence = sequence;

    /// <summary>The future that ended last. It is done.</summary>
    public TFuture Current => _current ?? throw new InvalidOperationException("Call MoveNextAsync first.");

    /// <summary>Waits for the next future to end.</summary>
    /// <exception cref="TimeoutException">The time given to <c>AsCompleted</c> is over.</exception>
    public Coroutine<bool> MoveNextAsync() => _sequence.MoveNextAsync(this);

    internal void Set(TFuture future) => _current = future;
}

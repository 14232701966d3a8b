namespace Gyre;

/// <summary>How a future ended, its result left aside. An element of <c>Aio.GatherOutcomes</c>.</summary>
public readonly struct Outcome
{
    private readonly CarriedError? _error;

    private Outcome(CarriedError? error) => _error = error;

    /// <summary>Whether the future ended well.</summary>
    public bool IsSuccess => _error is null;

    /// <summary>Whether the future was cancelled.</summary>
    public bool IsCancelled => _error?.SourceException is CancelledException;

    /// <summary>The error, or null. Of a cancelled future: a <see cref="CancelledException"/>.</summary>
    public Exception? Exception => _error?.SourceException;

    /// <summary>Throws the error, if there is one.</summary>
    public void ThrowIfFailed() => _error?.Throw();

    internal static Outcome Of(Future future) =>
        new(future.IsCancelled ? CarriedError.Capture(new CancelledException(future.CancelMessage)) : future.RetrieveError());
}

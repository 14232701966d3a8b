namespace Gyre;

/// <summary>How a future ended: with a result, an error, or cancelled. An element of
/// <c>Aio.GatherOutcomes</c>.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
public readonly struct Outcome<T>
{
    private readonly T? _result;
    private readonly CarriedError? _error;

    internal Outcome(T result) => _result = result;

    internal Outcome(CarriedError error) => _error = error;

    /// <summary>Whether there is a result.</summary>
    public bool IsSuccess => _error is null;

    /// <summary>Whether the future was cancelled.</summary>
    public bool IsCancelled => _error?.SourceException is CancelledException;

    /// <summary>The error, or null. Of a cancelled future: a <see cref="CancelledException"/>.</summary>
    public Exception? Exception => _error?.SourceException;

    /// <summary>The result.</summary>
    /// <remarks>When there is none, the error is thrown.</remarks>
    public T Result
    {
        get
        {
            _error?.Throw();
            return _result!;
        }
    }

    internal static Outcome<T> Of(Future future) =>
        future.IsCancelled ? new Outcome<T>(CarriedError.Capture(new CancelledException(future.CancelMessage)))
        : future.RetrieveError() is { } error ? new Outcome<T>(error)
        : new Outcome<T>(((IFutureResult<T>)future).Result);
}

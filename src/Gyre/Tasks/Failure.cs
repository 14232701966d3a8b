namespace Gyre;

/// <summary>The error of a future. Reports itself when it is dropped and nobody has looked at it.</summary>
internal sealed class Failure
{
    private readonly Future _future;

    public Failure(Future future, CarriedError error)
    {
        _future = future;
        Error = error;
        if (error.SourceException is CancelledException)
        {
            // A gather that was cancelled fails with that. It is no error that somebody has to see.
            GC.SuppressFinalize(this);
        }
        else
        {
            future.Loop.UnseenErrors?.Add(this);
        }
    }

    // The handler runs in the context of what failed: that of the task.
    ~Failure() => _future.Loop.ReportThreadSafe(Report(), (_future as LoopTask)?.Context);

    /// <summary>The error. Reading it is not retrieving it.</summary>
    public CarriedError Error { get; }

    public CarriedError Retrieve()
    {
        GC.SuppressFinalize(this);
        _future.Loop.UnseenErrors?.Remove(this);
        return Error;
    }

    /// <summary>What the exception handler is told when nobody has looked at the error.</summary>
    public ExceptionContext Report() => new()
    {
        Message = $"The exception of {_future.Describe()} was never retrieved.",
        Exception = Error.SourceException,
        Source = _future,
    };
}

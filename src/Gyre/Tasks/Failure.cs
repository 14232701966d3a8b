namespace Gyre;

/// <summary>The error of a future. Reports itself when it is dropped and nobody has looked at it.</summary>
internal sealed class Failure(Future future, CarriedError error)
{
    ~Failure() => future.Loop.ReportThreadSafe(new ExceptionContext
    {
        Message = $"The exception of {future.Describe()} was never retrieved.",
        Exception = error.SourceException,
        Source = future,
    });

    /// <summary>The error. Reading it is not retrieving it.</summary>
    public CarriedError Error => error;

    public CarriedError Retrieve()
    {
        GC.SuppressFinalize(this);
        return error;
    }
}

namespace Gyre;

/// <summary>Who handles which errors of a group: a clause of <c>except*</c>, for
/// <c>errors.Handle(…)</c>.</summary>
public sealed class ErrorCase
{
    private ErrorCase(Func<Exception, bool> matches, Action<AggregateException> handler)
    {
        Matches = matches;
        Handler = handler;
    }

    internal Func<Exception, bool> Matches { get; }

    internal Action<AggregateException> Handler { get; }

    /// <summary>Handles the errors of a type. asyncio: <c>except* TException as group</c>.</summary>
    /// <typeparam name="TException">Also derived types match.</typeparam>
    /// <param name="handler">Called once, with all errors of the type, nested as they were. What it throws leaves
    /// <c>Handle</c>.</param>
    public static ErrorCase Of<TException>(Action<AggregateException> handler)
        where TException : Exception
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new ErrorCase(static error => error is TException, handler);
    }
}

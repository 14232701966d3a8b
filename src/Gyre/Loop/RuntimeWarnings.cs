namespace Gyre;

/// <summary>Reports of mistakes that break nothing at once: a coroutine that was never awaited, a stream left
/// open.</summary>
/// <remarks>asyncio: Python's <c>warnings</c>, of the categories <c>RuntimeWarning</c> and
/// <c>ResourceWarning</c>.</remarks>
public static class RuntimeWarnings
{
    /// <summary>Raised for each warning, on any thread, often the finaliser's.</summary>
    /// <remarks>While nobody listens, warnings are written to standard error; so is one whose handler throws,
    /// together with
    /// what it threw.</remarks>
    public static event Action<string>? Raised;

    internal static void Raise(string message)
    {
        Exception? failure = null;
        try
        {
            if (Raised is { } handlers)
            {
                handlers(message);
                return;
            }
        }
        catch (Exception e)
        {
            // On the finaliser's thread an exception would end the process, for a mere warning.
            failure = e;
        }

        ErrorOutput.WriteLine("gyre: warning: " + message);
        if (failure is not null)
        {
            ErrorOutput.WriteLine("gyre: a handler of RuntimeWarnings.Raised threw: " + failure);
        }
    }
}

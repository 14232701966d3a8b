namespace Gyre;

/// <summary>Reports of mistakes that break nothing at once: a coroutine that was never awaited, a stream left open.</summary>
/// <remarks>asyncio: Python's <c>warnings</c>, of the categories <c>RuntimeWarning</c> and <c>ResourceWarning</c>.</remarks>
public static class RuntimeWarnings
{
    /// <summary>Raised for each warning, on any thread, often the finaliser's. Handlers must not throw.</summary>
    /// <remarks>While nobody listens, warnings are written to standard error.</remarks>
    public static event Action<string>? Raised;

    internal static void Raise(string message)
    {
        if (Raised is { } handlers)
        {
            handlers(message);
        }
        else
        {
            Console.Error.WriteLine("gyre: warning: " + message);
        }
    }
}

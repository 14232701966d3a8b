namespace Gyre.Testing;

/// <summary>A poller broke a promise of its contract.</summary>
public sealed class PollerContractException : Exception
{
    internal PollerContractException(PollerCheck check, string detail, Exception? innerException = null)
        : base($"{check.Name}: the poller breaks its contract. {check.Clause}\nBut: {detail}", innerException) =>
        Check = check;

    /// <summary>The check that failed. Its clause is the promise.</summary>
    public PollerCheck Check { get; }
}

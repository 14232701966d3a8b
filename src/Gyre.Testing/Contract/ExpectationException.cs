namespace Gyre.Testing;

/// <summary>Something else happened than a check expects.</summary>
internal sealed class ExpectationException(string message) : Exception(message);

namespace Gyre.Testing;

/// <summary>The machine or the poller lacks what a check needs, so that it can neither pass nor fail.</summary>
internal sealed class DoesNotApplyException(string reason) : Exception(reason);

namespace Gyre.Polling.Tests;

/// <summary>What the broken sinks know of the socket or pipe that calls them.</summary>
internal interface IBroken
{
    Fault Fault { get; }

    /// <summary>Calls a sink, and treats its exceptions as the fault wants it.</summary>
    void Tell(Action call);
}

namespace Gyre;

/// <summary>How a <see cref="Server"/> is made.</summary>
public class ServerOptions
{
    /// <summary>How many connections may wait to be accepted, at least 1. The system may have a lower limit.</summary>
    /// <value>100 by default.</value>
    public int Backlog { get; init; } = 100;

    /// <summary>Whether a port may be bound while connections of an earlier server are still winding down.</summary>
    /// <value>True by default, and always, except on Windows. There it is false by default: it would let two servers
    /// share a port.</value>
    public bool ReuseAddress { get; init; } = !OperatingSystem.IsWindows();

    /// <summary>Whether several servers may bind the same port; the system spreads connections among them.</summary>
    /// <value>False by default. Linux and macOS only.</value>
    public bool ReusePort { get; init; }

    /// <summary>Whether connections are accepted at once. If not, call <see cref="Server.StartServing"/>.</summary>
    /// <value>True by default.</value>
    public bool StartServing { get; init; } = true;
}

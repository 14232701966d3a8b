using Gyre.Polling;

namespace Gyre;

/// <summary>How an <see cref="EventLoop"/> is made.</summary>
public sealed class EventLoopOptions
{
    /// <summary>The clock. The system's monotonic clock when null.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>The system interface for I/O. By default the best that the machine has.</summary>
    public PollerBackend Backend { get; init; }

    /// <summary>A poller to use instead of one of <see cref="Backend"/>. The loop disposes of it.</summary>
    public Poller? Poller { get; init; }

    /// <summary>Whether the loop starts in debug mode. When null, the environment variable <c>GYRE_DEBUG</c>
    /// set to <c>1</c> turns it on.</summary>
    public bool? Debug { get; init; }
}

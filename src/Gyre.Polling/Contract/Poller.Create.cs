namespace Gyre.Polling;

public abstract partial class Poller
{
    /// <summary>Makes a poller. The epoll engineer's version replaces this file.</summary>
    public static Poller Create(PollerBackend backend = PollerBackend.Auto) =>
        throw new PlatformNotSupportedException($"The backend {backend} is not available.");
}

namespace Gyre.Polling;

/// <summary>Which of the system's interfaces a <see cref="Poller"/> uses.</summary>
public enum PollerBackend
{
    /// <summary>The best that this machine has. The environment variable <c>GYRE_BACKEND</c> can name
    /// another.</summary>
    Auto,

    /// <summary>Linux's epoll, on x64 and arm64.</summary>
    Epoll,

    /// <summary><c>System.Net.Sockets</c>, on every system .NET runs on.</summary>
    Portable,

    /// <summary>Linux's io_uring, from 6.1 on, on x64 and arm64, where it is not forbidden.</summary>
    IoUring,
}

using System.Runtime.InteropServices;

namespace Gyre.Polling;

public abstract partial class Poller
{
    /// <summary>The environment variable that <see cref="PollerBackend.Auto"/> looks at: <c>auto</c>,
    /// <c>epoll</c> or <c>portable</c>, in any case.</summary>
    public const string BackendVariable = "GYRE_BACKEND";

    /// <summary>Makes a poller of the backend that is asked for.</summary>
    /// <param name="backend"><see cref="PollerBackend.Auto"/> takes what <see cref="BackendVariable"/> names,
    /// or else the best that this machine has: epoll on Linux, portable elsewhere.</param>
    /// <exception cref="InvalidOperationException"><see cref="BackendVariable"/> names no
    /// backend.</exception>
    /// <exception cref="PlatformNotSupportedException">This machine does not have the backend.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The system has no descriptor left.</exception>
    public static Poller Create(PollerBackend backend = PollerBackend.Auto)
    {
        if (backend == PollerBackend.Auto)
        {
            backend = ParseBackend(Environment.GetEnvironmentVariable(BackendVariable));
        }

        if (backend == PollerBackend.Auto)
        {
            backend = IsSupported(PollerBackend.Epoll) ? PollerBackend.Epoll : PollerBackend.Portable;
        }

        if (!IsSupported(backend))
        {
            throw new PlatformNotSupportedException(
                $"The {backend} backend is not available here ({RuntimeInformation.RuntimeIdentifier}). "
                + $"Use {nameof(PollerBackend)}.{nameof(PollerBackend.Auto)}, "
                + $"and unset {BackendVariable} if it names this backend.");
        }

        return backend switch
        {
            PollerBackend.Epoll => new EpollPoller(),
            _ => new PortablePoller(),
        };
    }

    /// <summary>Whether this machine has a backend.</summary>
    /// <param name="backend">The backend. <see cref="PollerBackend.Auto"/> is always there.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="backend"/> is not a named
    /// value.</exception>
    public static bool IsSupported(PollerBackend backend) => backend switch
    {
        PollerBackend.Auto or PollerBackend.Portable => true,
        PollerBackend.Epoll => EpollPoller.IsAvailable,
        _ => throw new ArgumentOutOfRangeException(nameof(backend), backend, "There is no such backend."),
    };

    /// <summary>Reads the variable's value. Nothing, or only blanks, is the same as <c>auto</c>.</summary>
    internal static PollerBackend ParseBackend(string? value) => value?.Trim().ToUpperInvariant() switch
    {
        null or "" or "AUTO" => PollerBackend.Auto,
        "EPOLL" => PollerBackend.Epoll,
        "PORTABLE" => PollerBackend.Portable,
        _ => throw new InvalidOperationException(
            $"The environment variable {BackendVariable} is '{value}'. "
            + "Set it to auto, epoll or portable, or unset it."),
    };
}

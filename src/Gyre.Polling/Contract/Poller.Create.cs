using System.Runtime.InteropServices;

namespace Gyre.Polling;

public abstract partial class Poller
{
    /// <summary>The environment variable that <see cref="PollerBackend.Auto"/> looks at: <c>auto</c>,
    /// <c>epoll</c>, <c>io_uring</c> or <c>portable</c>, in any case.</summary>
    public const string BackendVariable = "GYRE_BACKEND";

    /// <summary>Why this poller is not of the backend that <see cref="BackendVariable"/> names, or null when it
    /// is, or the variable names none.</summary>
    /// <remarks>Only io_uring gives way to another backend: what containers allow is not for the program to
    /// know.</remarks>
    public string? FallbackReason { get; private set; }

    /// <summary>Makes a poller of the backend that is asked for.</summary>
    /// <param name="backend"><see cref="PollerBackend.Auto"/> takes what <see cref="BackendVariable"/> names,
    /// or else the best that this machine has: epoll on Linux, portable elsewhere.</param>
    /// <remarks>When the variable names io_uring and that cannot be used, the best other backend takes its place,
    /// and <see cref="FallbackReason"/> says why. A backend that <paramref name="backend"/> names is taken, or
    /// none.</remarks>
    /// <exception cref="InvalidOperationException"><see cref="BackendVariable"/> names no
    /// backend.</exception>
    /// <exception cref="PlatformNotSupportedException">This machine does not have the backend, or forbids
    /// it.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The system has no descriptor left.</exception>
    public static Poller Create(PollerBackend backend = PollerBackend.Auto)
    {
        string? reason = null;
        if (backend == PollerBackend.Auto)
        {
            backend = ParseBackend(Environment.GetEnvironmentVariable(BackendVariable));
            if (backend == PollerBackend.IoUring)
            {
                if (TryCreateUring(out reason) is { } uring)
                {
                    return uring;
                }

                backend = PollerBackend.Auto;
            }
        }

        if (backend == PollerBackend.Auto)
        {
            backend = IsSupported(PollerBackend.Epoll) ? PollerBackend.Epoll : PollerBackend.Portable;
        }

        if (UnsupportedReason(backend) is { } unsupported)
        {
            throw new PlatformNotSupportedException(
                $"The {backend} backend is not available here: {unsupported}. "
                + $"Use {nameof(PollerBackend)}.{nameof(PollerBackend.Auto)}, "
                + $"and unset {BackendVariable} if it names this backend.");
        }

        Poller poller = backend switch
        {
            PollerBackend.Epoll => new EpollPoller(),
            PollerBackend.IoUring => TryCreateUring(out reason)
                ?? throw new PlatformNotSupportedException($"The {backend} backend is not available now: {reason}."),
            _ => new PortablePoller(),
        };
        poller.FallbackReason = reason;
        return poller;
    }

    /// <summary>Whether this machine has a backend.</summary>
    /// <param name="backend">The backend. <see cref="PollerBackend.Auto"/> is always there.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="backend"/> is not a named
    /// value.</exception>
    public static bool IsSupported(PollerBackend backend) => UnsupportedReason(backend) is null;

    /// <summary>Says why this machine does not have a backend.</summary>
    /// <param name="backend">The backend.</param>
    /// <returns>A sentence without a full stop, or null when it has the backend.</returns>
    /// <remarks>For io_uring a small ring is made and used the first time that somebody asks.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="backend"/> is not a named
    /// value.</exception>
    public static string? UnsupportedReason(PollerBackend backend) => backend switch
    {
        PollerBackend.Auto or PollerBackend.Portable => null,
        PollerBackend.Epoll => EpollPoller.IsAvailable
            ? null
            : $"it takes Linux on x64 or arm64, and this is {RuntimeInformation.RuntimeIdentifier}",
        PollerBackend.IoUring => UringSupport.Reason,
        _ => throw new ArgumentOutOfRangeException(nameof(backend), backend, "There is no such backend."),
    };

    /// <summary>Reads the variable's value. Nothing, or only blanks, is the same as <c>auto</c>.</summary>
    internal static PollerBackend ParseBackend(string? value) => value?.Trim().ToUpperInvariant() switch
    {
        null or "" or "AUTO" => PollerBackend.Auto,
        "EPOLL" => PollerBackend.Epoll,
        "IO_URING" => PollerBackend.IoUring,
        "PORTABLE" => PollerBackend.Portable,
        _ => throw new InvalidOperationException(
            $"The environment variable {BackendVariable} is '{value}'. "
            + "Set it to auto, epoll, io_uring or portable, or unset it."),
    };

    private static UringPoller? TryCreateUring(out string? reason)
    {
        reason = UringSupport.Reason;
        if (reason is not null)
        {
            return null;
        }

        var poller = UringPoller.TryCreate(out int error);
        reason = poller is null ? UringSupport.Describe(error) : null;
        return poller;
    }
}

using System.Net.Security;
using System.Net.Sockets;

namespace Gyre;

/// <summary>How a <see cref="Server"/> is made.</summary>
public class ServerOptions
{
    private bool _reusePort;
    private bool _startServing = true;

    /// <summary>Which addresses of the hosts, or of the machine, are listened on.</summary>
    /// <value>By default all, of both families. Not for Unix sockets, or sockets that are bound already. asyncio:
    /// <c>family</c>.</value>
    public AddressFamily AddressFamily { get; init; } = AddressFamily.Unspecified;

    /// <summary>How many connections may wait to be accepted, at least 1. The system may have a lower limit.</summary>
    /// <value>100 by default.</value>
    public int Backlog { get; init; } = 100;

    /// <summary>Whether a port may be bound while connections of an earlier server are still winding down.</summary>
    /// <value>True by default, and always, except on Windows. There it is false by default: it would let two servers
    /// share a port.</value>
    public bool ReuseAddress { get; init; } = !OperatingSystem.IsWindows();

    /// <summary>Whether several servers may bind the same port; the system spreads connections among them.</summary>
    /// <value>False by default. Linux and macOS only.</value>
    public bool ReusePort { get => _reusePort; init => _reusePort = value; }

    /// <summary>Whether connections are accepted at once. If not, call <see cref="Server.StartServing"/>.</summary>
    /// <value>True by default.</value>
    public bool StartServing { get => _startServing; init => _startServing = value; }

    /// <summary>Serves with TLS. A protocol hears <c>ConnectionMade</c> after the handshake.</summary>
    /// <value>Null by default: no TLS. They need a certificate with its key; for ALPN set
    /// <see cref="SslServerAuthenticationOptions.ApplicationProtocols"/>, for clients' certificates
    /// <see cref="SslServerAuthenticationOptions.ClientCertificateRequired"/>. They are read when the server is
    /// made. asyncio: <c>ssl</c>.</value>
    /// <remarks>A handshake that fails is reported to the loop's exception handler, once; the server goes on. The
    /// callbacks in the options run on the loop's thread and must not block.</remarks>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>Serves with TLS, with options that are chosen for each connection by what the client says first:
    /// the name of the server that it wants (SNI), and its versions of TLS.</summary>
    /// <value>Null by default. Instead of <see cref="Tls"/>. The coroutine runs in a task of its own; an exception
    /// refuses the client. Return the same options for the same name: what is prepared of them is kept with them.
    /// asyncio: <c>SSLContext.sni_callback</c>.</value>
    public Func<SslClientHelloInfo, Coroutine<SslServerAuthenticationOptions>>? TlsSelection { get; init; }

    /// <summary>How long the TLS handshake may take.</summary>
    /// <value>60 seconds by default. asyncio: <c>ssl_handshake_timeout</c>.</value>
    public TimeSpan TlsHandshakeTimeout { get; init; } = TlsSetup.HandshakeTimeoutDefault;

    /// <summary>How long it may take to close a TLS connection: to send what was written, and to wait for the
    /// peer's end. Then the connection is reset, with a <see cref="TimeoutException"/>.</summary>
    /// <value>30 seconds by default. asyncio: <c>ssl_shutdown_timeout</c>.</value>
    public TimeSpan TlsShutdownTimeout { get; init; } = TlsSetup.ShutdownTimeoutDefault;

    /// <summary>Whether <see cref="Server.Close"/> removes the file of a Unix socket that was given by its path. Not
    /// when it is gone, or another file is in its place.</summary>
    /// <value>True by default. asyncio: <c>cleanup_socket</c>.</value>
    public bool CleanUpSocket { get; init; } = true;

    /// <summary>Who may connect to a Unix socket that is given by its path: those who may write to its file. Set
    /// before the server listens.</summary>
    /// <value>Null by default: what the process's mask leaves. asyncio: <c>mode</c> (3.16).</value>
    public UnixFileMode? SocketMode { get; init; }

    /// <summary>The same options but for these two.</summary>
    internal ServerOptions With(bool reusePort, bool startServing)
    {
        var copy = (ServerOptions)MemberwiseClone();
        copy._reusePort = reusePort;
        copy._startServing = startServing;
        return copy;
    }
}

namespace Gyre;

/// <summary>How TLS is started over a connection that stands.</summary>
public sealed class StartTlsOptions
{
    /// <summary>How long the handshake may take.</summary>
    /// <value>60 seconds by default. asyncio: <c>ssl_handshake_timeout</c>.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TlsSetup.HandshakeTimeoutDefault;

    /// <summary>How long it may take to close the connection: to send what was written, and to wait for the peer's
    /// end. Then it is reset, with a <see cref="TimeoutException"/>.</summary>
    /// <value>30 seconds by default. asyncio: <c>ssl_shutdown_timeout</c>.</value>
    public TimeSpan ShutdownTimeout { get; init; } = TlsSetup.ShutdownTimeoutDefault;

    /// <summary>Bytes that the protocol has received already and that belong to TLS: the beginning of the peer's
    /// handshake, when it came together with the last bytes before it.</summary>
    /// <value>None by default. The memory must not change until the handshake has ended. Streams move what their
    /// reader holds by themselves.</value>
    public ReadOnlyMemory<byte> Received { get; init; }
}

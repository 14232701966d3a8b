using System.Net.Security;

namespace Gyre;

/// <summary>What <see cref="TlsTransport"/> needs to begin: which side it is, how, and for whom.</summary>
internal sealed class TlsSetup
{
    public static readonly TimeSpan HandshakeTimeoutDefault = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan ShutdownTimeoutDefault = TimeSpan.FromSeconds(30);

    public required Protocol Protocol { get; init; }

    /// <summary>False for a protocol that has had its connection before TLS.</summary>
    public bool CallsConnectionMade { get; init; } = true;

    /// <summary>The client's options, complete; then this side is the client.</summary>
    public SslClientAuthenticationOptions? Client { get; init; }

    /// <summary>The server's options, complete. With a selection: those that it chose, once it has.</summary>
    public SslServerAuthenticationOptions? Server { get; set; }

    /// <summary>Chooses the server's options by what the client says first.</summary>
    public Func<SslClientHelloInfo, Coroutine<SslServerAuthenticationOptions>>? Selection { get; init; }

    public TimeSpan HandshakeTimeout { get; init; } = HandshakeTimeoutDefault;

    public TimeSpan ShutdownTimeout { get; init; } = ShutdownTimeoutDefault;

    /// <summary>Bytes of the peer's that came before TLS was started, and belong to it.</summary>
    public ReadOnlyMemory<byte> Received { get; init; }

    /// <summary>Starts the handshake.</summary>
    public Task Authenticate(SslStream stream, CancellationToken token)
    {
        if (Client is not null)
        {
            return stream.AuthenticateAsClientAsync(Client, token);
        }

        if (Selection is null)
        {
            return stream.AuthenticateAsServerAsync(Server!, token);
        }

        return stream.AuthenticateAsServerAsync(
            static (_, hello, state, cancellation) => new TlsSelection((TlsSetup)state!).RunAsync(hello, cancellation),
            this,
            token);
    }

    public static void CheckTimeout(TimeSpan timeout, string name)
    {
        if (timeout <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(name, timeout, "A limit for TLS must be longer than nothing.");
        }
    }
}

using System.Net.Security;

namespace Gyre;

/// <summary>Starts TLS over a transport whose protocol has talked in the clear so far.</summary>
internal static class TlsStarting
{
    private static readonly StartTlsOptions s_defaults = new();

    /// <summary>What a start needs, of one of the two kinds of options.</summary>
    public static TlsSetup Setup(
        Protocol protocol,
        SslClientAuthenticationOptions? client,
        SslServerAuthenticationOptions? server,
        StartTlsOptions? options,
        ReadOnlyMemory<byte> received = default)
    {
        options ??= s_defaults;
        TlsSetup.CheckTimeout(options.HandshakeTimeout, nameof(options.HandshakeTimeout));
        TlsSetup.CheckTimeout(options.ShutdownTimeout, nameof(options.ShutdownTimeout));
        return new TlsSetup
        {
            Protocol = protocol,
            CallsConnectionMade = false,
            Client = client is null ? null : TlsOptions.For(client, ""),
            Server = server is null ? null : TlsOptions.Prepared(server),
            HandshakeTimeout = options.HandshakeTimeout,
            ShutdownTimeout = options.ShutdownTimeout,
            Received = received.IsEmpty ? options.Received : received,
        };
    }

    public static void Check(EventLoop loop, Transport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        if (transport.Loop != loop)
        {
            throw new InvalidOperationException("The connection belongs to another loop. Start TLS on that one.");
        }

        loop.AssertOnLoop();
        if (transport.Upper is not null)
        {
            throw new InvalidOperationException(
                "TLS was started over this transport before. Use the transport that was returned then.");
        }

        if (transport.IsClosing)
        {
            throw new InvalidOperationException("The connection is closed. TLS cannot be started over it.");
        }
    }

    /// <summary>Starts, and waits for the handshake.</summary>
    /// <remarks>On cancel the future is cancelled, and the transport resets the connection.</remarks>
    public static async Coroutine<Transport> StartAsync(EventLoop loop, Transport transport, TlsSetup setup)
    {
        // Again, because time may have passed.
        Check(loop, transport);
        return await TlsTransport.Start(transport, setup).Opened;
    }
}

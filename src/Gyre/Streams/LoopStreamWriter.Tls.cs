using System.Net.Security;

namespace Gyre;

public sealed partial class LoopStreamWriter
{
    /// <summary>Starts TLS over the connection, as its client; reader and writer go on with it. asyncio:
    /// <c>start_tls</c>.</summary>
    /// <param name="client">The options of TLS. <c>TargetHost</c> must be set.</param>
    /// <param name="options">The limits; the defaults when null.</param>
    /// <remarks>
    /// <para>Loop thread only. Waits until what was written may go on (<see cref="DrainAsync"/>), then for the
    /// handshake. What is written meanwhile is sent encrypted, behind it.</para>
    /// <para>On failure, and on cancel during the handshake: the connection is reset.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">The reader holds bytes: they came before TLS began, and
    /// nobody knows who sent them. Read them first. Or the connection is closed.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed, for example
    /// because the certificate is not valid for the host.</exception>
    /// <exception cref="IOException">The peer hung up.</exception>
    /// <exception cref="TimeoutException">The handshake did not end in time.</exception>
    public Coroutine StartTlsAsync(SslClientAuthenticationOptions client, StartTlsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return StartTlsAsync(client, null, options);
    }

    /// <summary>Starts TLS over the connection, as its server; reader and writer go on with it. asyncio:
    /// <c>start_tls</c>.</summary>
    /// <param name="server">The options of TLS, with a certificate and its key.</param>
    /// <param name="options">The limits; the defaults when null.</param>
    /// <remarks>
    /// <para>Loop thread only. Waits until what was written may go on (<see cref="DrainAsync"/>), then for the
    /// handshake. What is written meanwhile is sent encrypted, behind it. Bytes that the reader holds are the
    /// beginning of the client's handshake, and are moved there.</para>
    /// <para>On failure, and on cancel during the handshake: the connection is reset.</para>
    /// </remarks>
    /// <inheritdoc cref="StartTlsAsync(SslClientAuthenticationOptions, StartTlsOptions?)"/>
    /// <exception cref="InvalidOperationException">The connection is closed.</exception>
    public Coroutine StartTlsAsync(SslServerAuthenticationOptions server, StartTlsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        return StartTlsAsync(null, server, options);
    }

    private Coroutine StartTlsAsync(
        SslClientAuthenticationOptions? client, SslServerAuthenticationOptions? server, StartTlsOptions? options)
    {
        TlsStarting.Check(Transport.Loop, Transport);

        // Looks at the options before anything is done.
        _ = TlsStarting.Setup(Protocol, client, server, options);
        return RunAsync();

        async Coroutine RunAsync()
        {
            await DrainAsync();
            await StartTls(client, server, options).Opened;
        }
    }

    private TlsTransport StartTls(
        SslClientAuthenticationOptions? client, SslServerAuthenticationOptions? server, StartTlsOptions? options)
    {
        TlsStarting.Check(Transport.Loop, Transport);
        if (client is not null && _reader.BufferedCount > 0)
        {
            throw new InvalidOperationException(
                $"The reader holds {_reader.BufferedCount} bytes that came before TLS began. Read them first: behind the "
                + "handshake they would look as if the server that it authenticates had sent them.");
        }

        TlsSetup setup = TlsStarting.Setup(Protocol, client, server, options, _reader.TakeBuffered());
        Transport = TlsTransport.Start(Transport, setup);
        Protocol.ReplaceTransport(Transport);
        return (TlsTransport)Transport;
    }
}

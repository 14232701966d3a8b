using System.Net.Security;

namespace Gyre;

/// <summary>What a loop offers to encrypt a connection that stands.</summary>
public static class EventLoopTlsExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Starts TLS over a connection, as its client. asyncio: <c>start_tls</c>.</summary>
        /// <param name="transport">The connection. It belongs to the new transport from here on: neither write to
        /// it nor close it. It may itself be one with TLS.</param>
        /// <param name="protocol">Is called by the new transport: usually the protocol of the old one. It does not
        /// hear <c>ConnectionMade</c> again.</param>
        /// <param name="client">The options of TLS. <c>TargetHost</c> must be set.</param>
        /// <param name="options">The limits, and bytes that came too early; the defaults when null.</param>
        /// <returns>The transport to write to from here on.</returns>
        /// <remarks>
        /// <para>Loop thread only. What was written before goes out before the handshake, in the clear. Input is
        /// resumed. No byte is delivered before the caller that awaits this has gone on.</para>
        /// <para>On failure and on cancel: the connection is reset, and the protocol hears
        /// <c>ConnectionLost</c>.</para>
        /// </remarks>
        /// <exception cref="InvalidOperationException">The connection is closed, or TLS was started over it
        /// before.</exception>
        /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed, for
        /// example because the certificate is not valid for the host.</exception>
        /// <exception cref="IOException">The peer hung up.</exception>
        /// <exception cref="TimeoutException">The handshake did not end in time.</exception>
        public Coroutine<Transport> StartTls(
            Transport transport, Protocol protocol, SslClientAuthenticationOptions client, StartTlsOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocol);
            ArgumentNullException.ThrowIfNull(client);
            TlsStarting.Check(loop, transport);
            return TlsStarting.StartAsync(loop, transport, TlsStarting.Setup(protocol, client, null, options));
        }

        /// <summary>Starts TLS over a connection, as its server. asyncio:
        /// <c>start_tls(server_side=True)</c>.</summary>
        /// <param name="transport">The connection. It belongs to the new transport from here on: neither write to
        /// it nor close it. It may itself be one with TLS.</param>
        /// <param name="protocol">Is called by the new transport: usually the protocol of the old one. It does not
        /// hear <c>ConnectionMade</c> again.</param>
        /// <param name="server">The options of TLS, with a certificate and its key.</param>
        /// <param name="options">The limits, and bytes that came too early; the defaults when null.</param>
        /// <inheritdoc cref="StartTls(EventLoop, Transport, Protocol, SslClientAuthenticationOptions,
        /// StartTlsOptions?)"/>
        public Coroutine<Transport> StartTls(
            Transport transport, Protocol protocol, SslServerAuthenticationOptions server, StartTlsOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(protocol);
            ArgumentNullException.ThrowIfNull(server);
            TlsStarting.Check(loop, transport);
            return TlsStarting.StartAsync(loop, transport, TlsStarting.Setup(protocol, null, server, options));
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Gyre.Tool;

/// <summary>Gives an <see cref="HttpClient"/> connections of a loop.</summary>
internal sealed class LoopConnector(EventLoop loop)
{
    /// <summary>Opens a connection.</summary>
    /// <remarks>Any thread: HttpClient opens its connections on those of the thread pool.</remarks>
    /// <exception cref="ConnectException">It cannot be made.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint remote = context.DnsEndPoint;
        try
        {
            return await loop
                .OpenStreamThreadSafe(remote.Host, remote.Port, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or AggregateException)
        {
            throw new ConnectException(remote.Host, remote.Port, e);
        }
    }
}

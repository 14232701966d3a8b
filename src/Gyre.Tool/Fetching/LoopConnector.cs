using System.Net.Sockets;

namespace Gyre.Tool;

/// <summary>Opens the connections of an <see cref="HttpClient"/>.</summary>
internal sealed class LoopConnector
{
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            socket.Dispose();
            throw new ConnectException(context.DnsEndPoint.Host, context.DnsEndPoint.Port, e);
        }
    }
}

using System.Net;

namespace Gyre.Tests.Networking;

/// <summary>Two protocols at the ends of one connection over loopback, on the running loop.</summary>
public sealed class ProtocolPair<TClient, TServer>
    where TClient : Protocol
    where TServer : Protocol
{
    private ProtocolPair(Server listener, TClient client, Transport clientTransport, TServer server)
    {
        Listener = listener;
        Client = client;
        ClientTransport = clientTransport;
        Server = server;
    }

    public Server Listener { get; }

    public TClient Client { get; }

    public Transport ClientTransport { get; }

    public TServer Server { get; }

    public static async Coroutine<ProtocolPair<TClient, TServer>> OpenAsync(TClient client, TServer server)
    {
        EventLoop loop = EventLoop.Running;
        bool accepted = false;
        Func<Protocol> accept = () =>
        {
            accepted = true;
            return server;
        };
        Server listener = await loop.CreateServer(accept, "127.0.0.1", 0);
        (Transport transport, _) = await loop.CreateConnection(
            () => client, "127.0.0.1", ((IPEndPoint)listener.EndPoints[0]).Port);
        while (!accepted)
        {
            await Aio.Yield();
        }

        // The accepted protocol is told in the iteration after it was made.
        await Aio.Yield();
        await Aio.Yield();
        return new ProtocolPair<TClient, TServer>(listener, client, transport, server);
    }

    public async Coroutine CloseAsync()
    {
        ClientTransport.Abort();
        Listener.AbortClients();
        await Listener.DisposeAsync();
    }
}

using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>From a host's name to a transport.</summary>
internal static class Connecting
{
    /// <summary>Resolves a name and connects to one of its addresses.</summary>
    public static async Coroutine<PollSocket> ConnectAsync(
        EventLoop loop, string host, int port, ConnectionOptions options)
    {
        AddressFamily family = options.LocalEndPoint?.AddressFamily ?? options.AddressFamily;
        IPAddress[] addresses =
            HostResolver.Literal(host, family) ?? await HostResolver.ResolveAsync(loop, host, family);
        EndPoint[] remotes = addresses.Length == 1
            ? [new IPEndPoint(addresses[0], port)]
            : [.. Interleave(addresses).Select(address => new IPEndPoint(address, port))];
        var race = new ConnectRace(loop, remotes, options);
        await race.RunAsync();
        return race.Winner ?? throw Failure(
            host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}", remotes, race.Errors);
    }

    /// <summary>Connects to an address.</summary>
    public static async Coroutine<PollSocket> ConnectAsync(EventLoop loop, EndPoint remote, ConnectionOptions options)
    {
        EndPoint[] remotes = [remote];
        var race = new ConnectRace(loop, remotes, options);
        await race.RunAsync();
        return race.Winner ?? throw Failure(remote.ToString()!, remotes, race.Errors);
    }

    /// <summary>Makes the protocol of a connected socket, which is closed when that fails.</summary>
    public static TProtocol MakeProtocol<TProtocol>(PollSocket socket, Func<TProtocol> factory)
        where TProtocol : Protocol
    {
        try
        {
            return factory() ?? throw new InvalidOperationException(
                "The protocol factory returned null. Return a new protocol for each connection.");
        }
        catch
        {
            socket.Close(abort: true);
            throw;
        }
    }

    /// <summary>Makes a transport of a socket that this side has connected, with TLS if the options ask for it.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">The connected socket. It is closed when this fails.</param>
    /// <param name="protocol">The protocol. It has been told when this ends.</param>
    /// <param name="host">The name that the certificate must be valid for.</param>
    /// <param name="options">How to connect.</param>
    public static Coroutine<Transport> OpenAsync(
        EventLoop loop, PollSocket socket, Protocol protocol, string host, ConnectionOptions options)
    {
        TlsSetup? tls;
        try
        {
            tls = TlsOptions.Setup(protocol, host, options);
        }
        catch
        {
            socket.Close(abort: true);
            throw;
        }

        return OpenAsync(loop, socket, protocol, tls);
    }

    /// <summary>The same for a socket that was accepted.</summary>
    public static Coroutine<Transport> OpenAsync(
        EventLoop loop, PollSocket socket, Protocol protocol, ServerOptions options)
    {
        TlsSetup? tls;
        try
        {
            tls = TlsOptions.Setup(protocol, options);
        }
        catch
        {
            socket.Close(abort: true);
            throw;
        }

        return OpenAsync(loop, socket, protocol, tls);
    }

    private static async Coroutine<Transport> OpenAsync(
        EventLoop loop, PollSocket socket, Protocol protocol, TlsSetup? tls)
    {
        if (tls is not null)
        {
            // It hears nothing: TLS puts a protocol of its own in its place, before its first turn.
            SocketTransport lower = SocketTransport.Start(loop, socket, new NoProtocol());

            // On cancel the future is cancelled, and the transport resets the connection.
            return await TlsTransport.Start(lower, tls).Opened;
        }

        var opened = new WaitFuture(loop);
        SocketTransport transport = SocketTransport.Start(loop, socket, protocol, opened: opened);
        try
        {
            await opened;
        }
        catch
        {
            transport.Close();
            throw;
        }

        return transport;
    }

    /// <summary>Addresses of the two families in turns, the first one's family first: one broken family then costs one
    /// delay and not one for each of its addresses (RFC 8305, section 4).</summary>
    internal static IEnumerable<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        AddressFamily family = addresses[0].AddressFamily;
        var first = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily == family));
        var second = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily != family));
        while (first.Count + second.Count > 0)
        {
            if (first.TryDequeue(out IPAddress? address))
            {
                yield return address;
            }

            if (second.TryDequeue(out address))
            {
                yield return address;
            }
        }
    }

    /// <summary>One exception for all attempts: the error itself when they agree, otherwise all of them.</summary>
    private static Exception Failure(string name, IReadOnlyList<EndPoint> remotes, List<SocketException> errors)
    {
        bool literal = remotes.Count == 1 && remotes[0].ToString() == name;
        string where = literal ? name : $"{name} ({string.Join(", ", remotes)})";
        SocketError[] codes = [.. errors.Select(error => error.SocketErrorCode).Distinct()];
        return codes.Length == 1
            ? NetworkErrors.Create(codes[0], $"Cannot connect to {where}")
            : new AggregateException(
                $"Cannot connect to {where}: {string.Join("; ", codes.Select(NetworkErrors.Describe))}", errors);
    }
}

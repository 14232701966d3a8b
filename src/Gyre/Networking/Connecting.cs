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
        IPAddress[] addresses = await HostResolver.ResolveAsync(loop, host, family);
        EndPoint[] remotes = [.. Interleave(addresses).Select(address => new IPEndPoint(address, port))];
        string name = host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
        return await ConnectAsync(loop, remotes, name, options);
    }

    /// <summary>Connects to the first of several addresses that can be reached.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="remotes">The addresses, in the order in which they are tried.</param>
    /// <param name="name">What errors call the other end.</param>
    /// <param name="options">How to connect.</param>
    public static async Coroutine<PollSocket> ConnectAsync(
        EventLoop loop, IReadOnlyList<EndPoint> remotes, string name, ConnectionOptions options)
    {
        var race = new ConnectRace(loop, remotes, options);
        return await race.RunAsync() ?? throw Failure(name, remotes, race.Errors);
    }

    /// <summary>Makes a transport of a connected socket, with TLS if the options ask for it.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">The connected socket. It is closed when this fails.</param>
    /// <param name="protocolFactory">Makes the protocol.</param>
    /// <param name="host">The name that the certificate must be valid for.</param>
    /// <param name="options">How to connect.</param>
    public static Coroutine<(Transport Transport, TProtocol Protocol)> OpenAsync<TProtocol>(
        EventLoop loop, PollSocket socket, Func<TProtocol> protocolFactory, string host, ConnectionOptions options)
        where TProtocol : Protocol =>
        OpenAsync(loop, socket, protocolFactory, protocol => TlsOptions.Setup(protocol, host, options));

    /// <summary>Makes a transport of a connected socket, of either side.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">The connected socket. It is closed when this fails.</param>
    /// <param name="protocolFactory">Makes the protocol.</param>
    /// <param name="tlsSetup">What a handshake needs; null without TLS.</param>
    public static async Coroutine<(Transport Transport, TProtocol Protocol)> OpenAsync<TProtocol>(
        EventLoop loop, PollSocket socket, Func<TProtocol> protocolFactory, Func<Protocol, TlsSetup?> tlsSetup)
        where TProtocol : Protocol
    {
        TProtocol protocol;
        TlsSetup? tls;
        try
        {
            protocol = protocolFactory() ?? throw new InvalidOperationException(
                "The protocol factory returned null. Return a new protocol for each connection.");
            tls = tlsSetup(protocol);
        }
        catch
        {
            socket.Close(abort: true);
            throw;
        }

        if (tls is null)
        {
            return (await OpenAsync(loop, socket, protocol), protocol);
        }

        // It hears nothing: TLS puts a protocol of its own in its place, before its first turn.
        SocketTransport lower = SocketTransport.Start(loop, socket, new NoProtocol());

        // On cancel the future is cancelled, and the transport resets the connection.
        return (await TlsTransport.Start(lower, tls).Opened, protocol);
    }

    /// <summary>Makes a transport of a connected socket, and waits until its protocol has been told.</summary>
    private static async Coroutine<Transport> OpenAsync(EventLoop loop, PollSocket socket, Protocol protocol)
    {
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

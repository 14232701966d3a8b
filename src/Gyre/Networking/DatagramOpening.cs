using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>From addresses to a datagram endpoint.</summary>
internal static class DatagramOpening
{
    /// <summary>Resolves the addresses, and opens an endpoint on the first pair of one family that works.</summary>
    public static async Coroutine<(DatagramTransport Transport, TProtocol Protocol)> OpenAsync<TProtocol>(
        EventLoop loop, Func<TProtocol> protocolFactory, EndPoint? local, EndPoint? remote, DatagramOptions options)
        where TProtocol : DatagramProtocol
    {
        List<Pair> pairs = await FindPairs(loop, local, remote, options);
        SocketException? first = null;
        foreach (Pair pair in pairs)
        {
            (Socket Socket, UnixSocketFile? File) opened;
            try
            {
                opened = Open(loop, pair, options);
            }
            catch (SocketException e)
            {
                // As asyncio: the next family may do, and if none does, the first says why.
                first ??= e;
                continue;
            }

            // A socket that is not connected needs an address for each datagram: this one.
            EndPoint? target = options.AllowBroadcast ? pair.Remote : null;
            return await OpenAsync(loop, opened.Socket, protocolFactory, target, opened.File);
        }

        throw NetworkErrors.Create(
            first!.SocketErrorCode, $"Cannot open a datagram endpoint ({Describe(local, remote)})");
    }

    /// <summary>Makes an endpoint of a socket.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">It is closed when this fails.</param>
    /// <param name="protocolFactory">Makes the protocol.</param>
    /// <param name="remote">Where datagrams go that have no address, when the socket is not connected.</param>
    /// <param name="file">The file that goes with the socket.</param>
    public static async Coroutine<(DatagramTransport Transport, TProtocol Protocol)> OpenAsync<TProtocol>(
        EventLoop loop, Socket socket, Func<TProtocol> protocolFactory, EndPoint? remote, UnixSocketFile? file)
        where TProtocol : DatagramProtocol
    {
        PollSocket? attached = null;
        TProtocol protocol;
        var opened = new WaitFuture(loop);
        DatagramTransport transport;
        try
        {
            protocol = protocolFactory() ?? throw new InvalidOperationException(
                "The protocol factory returned null. Return a new protocol for each endpoint.");
            attached = loop.Poller.Attach(socket);
            transport = DatagramTransport.Start(loop, attached, protocol, remote, file, opened);
        }
        catch
        {
            attached?.Close(abort: false);
            socket.Dispose();
            file?.Remove(loop);
            throw;
        }

        try
        {
            await opened;
        }
        catch
        {
            transport.Close();
            throw;
        }

        return (transport, protocol);
    }

    private static async Coroutine<List<Pair>> FindPairs(
        EventLoop loop, EndPoint? local, EndPoint? remote, DatagramOptions options)
    {
        if (local is null && remote is null)
        {
            return [new Pair(options.AddressFamily, null, null)];
        }

        IReadOnlyList<EndPoint> locals = await Resolve(loop, local, options);
        IReadOnlyList<EndPoint> remotes = await Resolve(loop, remote, options);
        List<Pair> pairs = [];
        foreach (AddressFamily family in locals.Concat(remotes).Select(address => address.AddressFamily).Distinct())
        {
            EndPoint? from = locals.FirstOrDefault(address => address.AddressFamily == family);
            EndPoint? to = remotes.FirstOrDefault(address => address.AddressFamily == family);
            if ((from is null) == (local is null) && (to is null) == (remote is null))
            {
                pairs.Add(new Pair(family, from, to));
            }
        }

        return pairs.Count > 0 ? pairs : throw new ArgumentException(
            $"The addresses have no family in common ({Describe(local, remote)}). Give two of IPv4, two of IPv6, or "
            + "two of Unix.");
    }

    private static async Coroutine<IReadOnlyList<EndPoint>> Resolve(
        EventLoop loop, EndPoint? address, DatagramOptions options)
    {
        if (address is DnsEndPoint name)
        {
            AddressFamily family = options.AddressFamily == AddressFamily.Unspecified
                ? name.AddressFamily
                : options.AddressFamily;
            IPAddress[] found = await HostResolver.ResolveAsync(loop, name.Host, family);
            return [.. found.Select(one => new IPEndPoint(one, name.Port))];
        }

        return address is null ? []
            : options.AddressFamily is AddressFamily.Unspecified || options.AddressFamily == address.AddressFamily
            ? [address]
            : throw new ArgumentException(
                $"The option AddressFamily is {options.AddressFamily}, and {address} is not of it.", nameof(options));
    }

    private static (Socket Socket, UnixSocketFile? File) Open(EventLoop loop, Pair pair, DatagramOptions options)
    {
        ProtocolType protocol = options.ProtocolType == ProtocolType.Unspecified && pair.Family != AddressFamily.Unix
            ? ProtocolType.Udp
            : options.ProtocolType;
        var socket = new Socket(pair.Family, SocketType.Dgram, protocol);
        UnixSocketFile? file = null;
        try
        {
            if (options.ReusePort)
            {
                Listening.SetReusePort(socket);
            }

            if (options.AllowBroadcast)
            {
                socket.EnableBroadcast = true;
            }

            if (pair.Family == AddressFamily.InterNetworkV6)
            {
                // As everywhere but in the BCL: :: takes both families.
                socket.DualMode = true;
            }

            if (pair.Local is UnixDomainSocketEndPoint)
            {
                (socket, file) = UnixListening.BindDatagrams(loop, socket, pair.Local, options.CleanUpSocket);
            }
            else if (pair.Local is not null)
            {
                socket.Bind(pair.Local);
            }

            if (pair.Remote is not null && !options.AllowBroadcast)
            {
                socket.Connect(pair.Remote);
            }

            return (socket, file);
        }
        catch
        {
            socket.Dispose();
            file?.Remove(loop);
            throw;
        }
    }

    private static string Describe(EndPoint? local, EndPoint? remote) =>
        (local, remote) switch
        {
            (null, null) => "no address",
            (null, _) => $"to {remote}",
            (_, null) => $"on {local}",
            _ => $"from {local} to {remote}",
        };

    /// <summary>Addresses of one family.</summary>
    private readonly record struct Pair(AddressFamily Family, EndPoint? Local, EndPoint? Remote);
}

using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>From a host's name to bound sockets.</summary>
internal static class Listening
{
    /// <summary>How often another port is tried when the system's choice for the first address is taken on
    /// the second.</summary>
    private const int PortAttemptsMax = 10;

    private static readonly IPAddress[] s_allOfThisMachine = [IPAddress.Any, IPAddress.IPv6Any];

    /// <summary>Resolves the hosts one after another, and listens on all their addresses. Without hosts: on all of
    /// the machine.</summary>
    public static async Coroutine<Server> CreateServerAsync(
        EventLoop loop, Func<Protocol> protocolFactory, IReadOnlyList<string> hosts, int port, ServerOptions options)
    {
        List<Socket> sockets = await BindAsync(loop, hosts, port, options);
        return Create(loop, protocolFactory, sockets, options);
    }

    /// <summary>Resolves a host, and binds all its addresses. Nothing listens yet.</summary>
    public static Coroutine<List<Socket>> BindAsync(EventLoop loop, string? host, int port, ServerOptions options) =>
        BindAsync(loop, string.IsNullOrEmpty(host) ? [] : [host], port, options);

    private static async Coroutine<List<Socket>> BindAsync(
        EventLoop loop, IReadOnlyList<string> hosts, int port, ServerOptions options)
    {
        AddressFamily family = options.AddressFamily;
        List<IPAddress> addresses = [];
        if (hosts.Count == 0)
        {
            addresses.AddRange(s_allOfThisMachine.Where(
                address => family == AddressFamily.Unspecified || family == address.AddressFamily));
        }

        foreach (string host in hosts)
        {
            addresses.AddRange(await HostResolver.ResolveAsync(loop, host, family));
        }

        return BindAll(addresses.Distinct(), port, options, string.Join(", ", hosts));
    }

    /// <summary>Makes a server of bound sockets. They are closed when that fails.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="protocolFactory">Makes the protocols.</param>
    /// <param name="sockets">The bound sockets.</param>
    /// <param name="options">How to listen.</param>
    /// <param name="file">The file that the server removes when it is closed, if there is one.</param>
    public static Server Create(
        EventLoop loop,
        Func<Protocol> protocolFactory,
        IReadOnlyList<Socket> sockets,
        ServerOptions options,
        UnixSocketFile? file = null)
    {
        Server? server = null;
        try
        {
            server = new Server(loop, protocolFactory, sockets, options) { SocketFile = file };
            if (options.StartServing)
            {
                server.StartServing();
            }

            return server;
        }
        catch
        {
            server?.Close();
            DisposeAll(sockets);
            throw;
        }
    }

    public static Socket Bind(EndPoint local, ServerOptions options)
    {
        ProtocolType protocol = local is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        var socket = new Socket(local.AddressFamily, SocketType.Stream, protocol);
        try
        {
            if (local is IPEndPoint)
            {
                SetReuseAddress(socket, options.ReuseAddress);
            }

            if (options.ReusePort)
            {
                SetReusePort(socket);
            }

            if (local.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // Each family has a socket of its own; one that takes both would collide with the other.
                socket.DualMode = false;
            }

            socket.Bind(local);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw NetworkErrors.Create(e.SocketErrorCode, $"Cannot listen on {local}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Lets several sockets bind one port (SO_REUSEPORT).</summary>
    public static void SetReusePort(Socket socket)
    {
        // The BCL has no name for SO_REUSEPORT. Its ReuseAddress sets both, which is more than was asked for.
        (int level, int option) = OperatingSystem.IsLinux() ? (1, 15)
            : OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? (0xffff, 0x200)
            : throw new PlatformNotSupportedException("This system has no SO_REUSEPORT. Leave ReusePort false.");
        socket.SetRawSocketOption(level, option, [1, 0, 0, 0]);
    }

    /// <summary>Binds a port on several addresses. Port 0 becomes the same port on each of them.</summary>
    private static List<Socket> BindAll(IEnumerable<IPAddress> addresses, int port, ServerOptions options, string? host)
    {
        for (int attempt = 1; ; attempt++)
        {
            var sockets = new List<Socket>();
            try
            {
                BindAll(addresses, port, options, sockets);
                return sockets.Count > 0 ? sockets : throw new SocketException(
                    (int)SocketError.AddressNotAvailable,
                    $"Cannot listen on {host}:{port}: no address of it is of this machine");
            }
            catch (SocketException e)
            {
                DisposeAll(sockets);
                bool chosenPortIsTaken =
                    port == 0 && sockets.Count > 0 && e.SocketErrorCode == SocketError.AddressAlreadyInUse;
                if (!chosenPortIsTaken || attempt == PortAttemptsMax)
                {
                    throw;
                }
            }
        }
    }

    private static void BindAll(IEnumerable<IPAddress> addresses, int port, ServerOptions options, List<Socket> sockets)
    {
        foreach (IPAddress address in addresses)
        {
            try
            {
                Socket socket = Bind(new IPEndPoint(address, port), options);
                sockets.Add(socket);
                port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
            catch (SocketException e) when (
                e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
            {
                // The machine has no such address, usually because IPv6 is turned off. The others will do.
            }
        }
    }

    private static void DisposeAll(IEnumerable<Socket> sockets)
    {
        foreach (Socket socket in sockets)
        {
            socket.Dispose();
        }
    }

    private static void SetReuseAddress(Socket socket, bool reuse)
    {
        if (OperatingSystem.IsWindows())
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, reuse);
        }
        else if (!reuse)
        {
            // Socket.Bind sets SO_REUSEADDR there, whatever was set before.
            throw new PlatformNotSupportedException(
                "On this system the BCL's sockets always reuse addresses. Leave ReuseAddress true.");
        }
    }
}

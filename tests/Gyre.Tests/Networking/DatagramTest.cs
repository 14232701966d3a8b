using System.Net;
using System.Net.Sockets;

namespace Gyre.Tests.Networking;

/// <summary>Tests with datagram endpoints.</summary>
public abstract class DatagramTest : NetworkTest
{
    protected static IPEndPoint AnyPort { get; } = new(IPAddress.Loopback, 0);

    /// <summary>An address where no other test opens anything: a port that was given up there stays free, and what is
    /// sent to it reaches nobody else.</summary>
    protected static IPEndPoint Elsewhere { get; } =
        new(OperatingSystem.IsLinux() ? IPAddress.Parse("127.0.53.1") : IPAddress.Loopback, 0);

    /// <summary>Whether the loopback address can be bound: a container may have the protocol without it.</summary>
    protected static bool HasIPv6 { get; } = CanBind(new IPEndPoint(IPAddress.IPv6Loopback, 0));

    /// <summary>An endpoint that sends each datagram back to where it came from.</summary>
    protected static RecordingDatagrams Echo() =>
        new() { OnDatagram = static (self, data, from) => self.Transport.SendTo(data, from) };

    protected static async Coroutine<RecordingDatagrams> OpenAsync(
        EndPoint? local = null,
        EndPoint? remote = null,
        RecordingDatagrams? protocol = null,
        DatagramOptions? options = null) =>
        (await EventLoop.Running.CreateDatagramEndpoint(
            () => protocol ?? new RecordingDatagrams(), local, remote, options)).Protocol;

    protected static async Coroutine CloseAsync(params RecordingDatagrams[] protocols)
    {
        foreach (RecordingDatagrams protocol in protocols)
        {
            protocol.Transport.Close();
            await Until(() => protocol.IsLost);
        }
    }

    /// <summary>A blocking datagram socket of the BCL.</summary>
    protected static Socket NewPeer(EndPoint? local)
    {
        AddressFamily family = local?.AddressFamily ?? AddressFamily.Unix;
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 180_000 };
        if (local is not null)
        {
            socket.Bind(local);
        }

        return socket;
    }

    /// <summary>Receives one datagram.</summary>
    protected static byte[] Take(Socket peer)
    {
        byte[] buffer = new byte[70_000];
        return buffer[..peer.Receive(buffer)];
    }

    private static bool CanBind(EndPoint local)
    {
        try
        {
            using Socket socket = NewPeer(local);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

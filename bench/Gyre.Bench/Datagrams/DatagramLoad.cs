using System.Net;
using System.Net.Sockets;

namespace Gyre.Bench;

/// <summary>Keeps so many datagrams on their way to an echo, until it is gone.</summary>
internal static class DatagramLoad
{
    /// <summary>After such a silence the datagrams that are on their way count as lost.</summary>
    private const int SilenceMilliseconds = 200;

    public static void Run(int port, int window, int size)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        socket.ReceiveTimeout = SilenceMilliseconds;
        byte[] data = new byte[size];
        byte[] buffer = new byte[size + 1];
        try
        {
            while (true)
            {
                for (int i = 0; i < window; i++)
                {
                    socket.Send(data);
                }

                // Each answer makes room for the next; without answers the window is filled anew.
                while (true)
                {
                    socket.Receive(buffer, SocketFlags.None, out SocketError error);
                    if (error is SocketError.TimedOut or SocketError.WouldBlock)
                    {
                        break;
                    }

                    if (error != SocketError.Success)
                    {
                        throw new SocketException((int)error);
                    }

                    socket.Send(data);
                }
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // The echo has seen enough.
        }
    }
}

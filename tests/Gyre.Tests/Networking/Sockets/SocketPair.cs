using System.Net;
using System.Net.Sockets;

namespace Gyre.Tests.Networking;

/// <summary>Two connected sockets of the BCL that do not block.</summary>
internal sealed class SocketPair : IDisposable
{
    public SocketPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Second.Connect(listener.LocalEndPoint!);
        First = listener.Accept();
        First.Blocking = false;
        Second.Blocking = false;
    }

    public Socket First { get; }

    public Socket Second { get; }

    /// <summary>Sends until the system takes no byte more.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Fill(Socket socket)
    {
        byte[] data = new byte[100_000];
        Array.Fill(data, (byte)' ');
        int sent = 0;
        for (int size = data.Length; size >= 1; size /= 2)
        {
            SocketError error;
            do
            {
                sent += socket.Send(data.AsSpan(0, size), SocketFlags.None, out error);
            }
            while (error == SocketError.Success);
        }

        return sent;
    }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }
}

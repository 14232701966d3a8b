using System.Net.Sockets;

namespace Gyre;

/// <summary>Socket errors that say what was attempted.</summary>
internal static class NetworkErrors
{
    /// <summary>An error with a text of ours in front of the system's.</summary>
    public static SocketException Create(SocketError error, string what) =>
        new((int)error, $"{what}: {Describe(error)}");

    /// <summary>Refuses a socket that has no connections.</summary>
    public static void ThrowIfNotStream(Socket socket)
    {
        if (socket.SocketType != SocketType.Stream)
        {
            throw new ArgumentException(
                $"A stream socket is needed, and this one is of the type {socket.SocketType}.", nameof(socket));
        }
    }

    /// <summary>The system's text for an error.</summary>
    public static string Describe(SocketError error) => new SocketException((int)error).Message;
}

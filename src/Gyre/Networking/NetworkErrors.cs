using System.Net.Sockets;

namespace Gyre;

/// <summary>Socket errors that say what was attempted.</summary>
internal static class NetworkErrors
{
    /// <summary>An error with a text of ours in front of the system's.</summary>
    public static SocketException Create(SocketError error, string what) =>
        new((int)error, $"{what}: {Describe(error)}");

    /// <summary>The system's text for an error.</summary>
    public static string Describe(SocketError error) => new SocketException((int)error).Message;
}

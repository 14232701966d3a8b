using System.Net;
using System.Net.Sockets;

namespace Gyre.Tool.Tests;

/// <summary>Ports of 127.0.0.1 that nobody uses.</summary>
internal static class FreePort
{
    /// <summary>A port that was free a moment ago. Somebody else may take it: whoever is to listen there tries another
    /// one then.</summary>
    public static int Take()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

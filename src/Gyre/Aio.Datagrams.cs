using System.Net;

namespace Gyre;

public static partial class Aio
{
    /// <summary>Opens an endpoint for datagrams that is awaited: no protocol is needed.</summary>
    /// <param name="local">What it is bound to; null leaves it to the system.</param>
    /// <param name="remote">What it is connected to; null for anybody.</param>
    /// <param name="options">How to open it; the defaults when null.</param>
    /// <param name="limit">How many datagrams may wait to be received, at least 1.</param>
    /// <remarks>Loop thread only. On cancel: returns at once, and no socket stays open. As
    /// <c>loop.CreateDatagramEndpoint</c>; asyncio has none.</remarks>
    /// <exception cref="System.Net.Sockets.SocketException">A name is not known, the local address is taken, or the
    /// system refused.</exception>
    /// <exception cref="ArgumentException">There is neither an address nor a family, or the families
    /// differ.</exception>
    public static Coroutine<DatagramEndpoint> OpenDatagramEndpoint(
        EndPoint? local = null, EndPoint? remote = null, DatagramOptions? options = null, int limit = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return DatagramEndpoint.OpenAsync(EventLoop.Running, local, remote, options, limit);
    }
}

using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>One loop's door to the operating system: operations are started, become ready, and are
/// executed.</summary>
/// <remarks>
/// <para>A poller belongs to one thread, the one that calls <see cref="Poll"/>. Only <see cref="Wake"/> may
/// be called from other threads.</para>
/// <para>An operation that became ready is handed to the queue that <see cref="Poll"/> was given and does
/// nothing by itself. Its sink hears of it when the owner of that queue calls
/// <see cref="PollOperation.Execute"/>. So all code of the library and of its users runs from one place, in
/// the order in which the queue holds it.</para>
/// </remarks>
public abstract partial class Poller : IDisposable
{
    /// <summary>The backend's name: <c>epoll</c>, <c>io_uring</c> or <c>portable</c>.</summary>
    public abstract string BackendName { get; }

    /// <summary>Whether an operation is under way that a call of <see cref="Poll"/> could find
    /// ready, or gathered output waits for one.</summary>
    /// <remarks>Owner thread only. While it is false, a caller that would not wait may leave the call out. A
    /// socket whose operations have all ended or been stopped does not count.</remarks>
    public abstract bool HasOperations { get; }

    /// <summary>Hands every operation that is ready to <paramref name="ready"/>, waiting for one if there is
    /// none.</summary>
    /// <param name="timeoutNanoseconds">How long to wait at the most: 0 looks and returns, -1 waits for ever.
    /// The wait never ends before the time is up unless something happened; how late it may end depends on
    /// the system: some 50 microseconds on Linux, up to a tick of the clock elsewhere.</param>
    /// <param name="ready">Receives the operations, in the order in which they became ready.</param>
    /// <remarks>Owner thread only. Returns early, perhaps with nothing ready, after <see cref="Wake"/> or a
    /// signal.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The poller is disposed.</exception>
    public abstract void Poll(long timeoutNanoseconds, IReadyQueue ready);

    /// <summary>Makes the current or the next <see cref="Poll"/> return at once.</summary>
    /// <remarks>Any thread. Calls before that <see cref="Poll"/> returns count as one, and only the first of
    /// them costs a system call, and only when the owner waits. What a thread wrote before it called is seen
    /// by the owner after <see cref="Poll"/> returned, so look at shared queues after each
    /// <see cref="Poll"/>. After <see cref="Dispose()"/> it does nothing.</remarks>
    public abstract void Wake();

    /// <summary>Takes a socket over. The poller's socket owns it from here on and closes it.</summary>
    /// <param name="socket">A stream or datagram socket: new, bound, listening or connected. It becomes
    /// non-blocking.</param>
    /// <remarks>Owner thread only.</remarks>
    /// <exception cref="ArgumentException">The socket is of another type, or of datagrams that are neither IPv4,
    /// IPv6 nor Unix.</exception>
    /// <exception cref="ObjectDisposedException">The poller or the socket is disposed.</exception>
    public abstract PollSocket Attach(Socket socket);

    /// <summary>Makes a new socket, neither bound nor connected. Cheaper than to attach one.</summary>
    /// <param name="family">For example <see cref="AddressFamily.InterNetwork"/>.</param>
    /// <param name="type"><see cref="SocketType.Stream"/> or <see cref="SocketType.Dgram"/>.</param>
    /// <param name="protocol">For example <see cref="ProtocolType.Tcp"/>, or
    /// <see cref="ProtocolType.Unspecified"/> for the family's own.</param>
    /// <remarks>Owner thread only.</remarks>
    /// <exception cref="SocketException">The system has no such socket, or no descriptor left.</exception>
    /// <exception cref="ArgumentException">The type is another.</exception>
    /// <exception cref="ObjectDisposedException">The poller is disposed.</exception>
    public virtual PollSocket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(family, type, protocol);
        try
        {
            return Attach(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Releases the backend's resources and closes the sockets that are still attached.</summary>
    /// <remarks>Owner thread only, and not from inside <see cref="Poll"/>. A second call does
    /// nothing.</remarks>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the backend's resources.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>, false from a finaliser.</param>
    protected abstract void Dispose(bool disposing);
}

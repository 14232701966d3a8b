using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>One loop's door to the operating system: operations are started, become ready, and are executed.</summary>
/// <remarks>
/// <para>A poller belongs to one thread, the one that calls <see cref="Poll"/>. Only <see cref="Wake"/> may be called
/// from other threads.</para>
/// <para>An operation that became ready is handed to the queue that <see cref="Poll"/> was given and does nothing
/// by itself. Its sink hears of it when the owner of that queue calls <see cref="PollOperation.Execute"/>. So all
/// code of the library and of its users runs from one place, in the order in which the queue holds it.</para>
/// </remarks>
public abstract partial class Poller : IDisposable
{
    /// <summary>The backend's name: <c>epoll</c>, <c>io_uring</c> or <c>portable</c>.</summary>
    public abstract string BackendName { get; }

    /// <summary>Whether an operation is under way that a call of <see cref="Poll"/> could find ready.</summary>
    /// <remarks>While it is false, a caller that would not wait may leave the call out.</remarks>
    public abstract bool HasOperations { get; }

    /// <summary>Hands every operation that is ready to <paramref name="ready"/>, waiting for one if there is none.</summary>
    /// <param name="timeoutNanoseconds">How long to wait at the most: 0 looks and returns, -1 waits for ever.</param>
    /// <param name="ready">Receives the operations, in the order in which they became ready.</param>
    /// <remarks>Owner thread only. Returns early, perhaps with nothing ready, after <see cref="Wake"/>.</remarks>
    public abstract void Poll(long timeoutNanoseconds, IReadyQueue ready);

    /// <summary>Makes the current or the next waiting <see cref="Poll"/> return at once.</summary>
    /// <remarks>Any thread. Several calls before the poller returns count as one. After
    /// <see cref="Dispose()"/> it does nothing.</remarks>
    public abstract void Wake();

    /// <summary>Takes a socket over. The poller's socket owns it from here on and closes it.</summary>
    /// <param name="socket">A stream or datagram socket: new, bound, listening or connected.</param>
    /// <remarks>Owner thread only.</remarks>
    public abstract PollSocket Attach(Socket socket);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the backend's resources. Sockets that are still attached are closed.</summary>
    protected abstract void Dispose(bool disposing);
}

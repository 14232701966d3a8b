using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>The machine's own poller, which says at the start of each iteration that it was asked.</summary>
internal sealed class ObservedPoller(Poller inner, Action<EventLoop> iterating) : Poller, ILoopObserver
{
    private EventLoop? _loop;

    public override string BackendName => inner.BackendName;

    /// <summary>Always: every iteration is to be seen.</summary>
    public override bool HasOperations => true;

    public void Attach(EventLoop loop) => _loop = loop;

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        iterating(_loop!);

        // What was just done may have made something ready.
        inner.Poll(_loop!.Ready.Count > 0 ? 0 : timeoutNanoseconds, ready);
    }

    public override void Wake() => inner.Wake();

    public override PollSocket Attach(Socket socket) => inner.Attach(socket);

    public override PollSocket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol) =>
        inner.CreateSocket(family, type, protocol);

    public override PollPipe AttachPipe(SafeHandle handle) => inner.AttachPipe(handle);

    public override PollWatch Watch(Socket socket) => inner.Watch(socket);

    public override PollWatch Watch(SafeHandle descriptor) => inner.Watch(descriptor);

    public override PollWatch? FindWatch(Socket socket) => inner.FindWatch(socket);

    public override PollWatch? FindWatch(SafeHandle descriptor) => inner.FindWatch(descriptor);

    protected override void Dispose(bool disposing) => inner.Dispose();
}

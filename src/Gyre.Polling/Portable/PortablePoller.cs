using System.Diagnostics;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>The poller on <c>System.Net.Sockets</c>, for every system that .NET runs on.</summary>
/// <remarks>
/// <para>Input: a receive of no bytes, which ends when there is something to receive, then a receive that
/// does not block, on the owner's thread, into a buffer that is borrowed for that moment. So stopping loses
/// no bytes, and no buffer is ever in the hands of the BCL.</para>
/// <para>Output: a send that does not block; only what finds the system full is left to the BCL.</para>
/// <para>The BCL reports on pool threads. They put what ended into the inbox and do nothing else; the owner
/// takes it from there.</para>
/// <para>Pipes: there are none in the BCL that do not block. On Linux a thread waits for them.</para>
/// </remarks>
[DebuggerDisplay("portable, {_sockets.Count} sockets")]
internal sealed partial class PortablePoller : Poller
{
    private const int ReceiveBufferSize = 64 * 1024;
    private readonly HashSet<PortableSocket> _sockets = [];

    // A datagram that fills it was cut off, so it is longer than the longest that is received.
    private const int DatagramBufferSize = (256 * 1024) + 1;
    private byte[]? _receiveBuffer;
    private byte[]? _datagramBuffer;
    private bool _disposed;

    public override string BackendName => "portable";

    public override bool HasOperations => Operations.HasOperations;

    internal OperationLedger Operations { get; } = new();

    internal PortableInbox Inbox { get; } = new();

    /// <summary>The buffer for sinks that bring none.</summary>
    internal byte[] ReceiveBuffer => _receiveBuffer ??= GC.AllocateUninitializedArray<byte>(ReceiveBufferSize);

    /// <summary>The buffer for datagrams: larger than one can be, other than on Unix sockets.</summary>
    internal byte[] DatagramBuffer => _datagramBuffer ??= GC.AllocateUninitializedArray<byte>(DatagramBufferSize);

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Operations.HasReady)
        {
            Operations.HandOver(ready);
            timeoutNanoseconds = 0;
        }

        if (_selector is { IsNeeded: true } selector)
        {
            bool mayWait = Inbox.TryBeginSelect(selector);
            selector.Select(mayWait ? timeoutNanoseconds : 0, ready);
            Inbox.OnSelected();
            timeoutNanoseconds = 0;
        }

        foreach (IPortableReport report in Inbox.Take(Timeouts.ToMilliseconds(timeoutNanoseconds)))
        {
            report.Take(ready);
        }
    }

    public override void Wake() => Inbox.Wake();

    public override PollSocket Attach(Socket socket)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(socket);
        MakeWay(socket);
        var attached = PortableSocket.Attach(this, socket);
        _sockets.Add(attached);
        _uses.AddOrUpdate(socket, attached);
        return attached;
    }

    internal void Remove(PortableSocket socket) => _sockets.Remove(socket);

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        var open = new PortableSocket[_sockets.Count];
        _sockets.CopyTo(open);
        foreach (PortableSocket socket in open)
        {
            socket.Close(abort: false);
        }

        ClosePipes();
        foreach (IPortableReport report in Inbox.Close())
        {
            report.Discard();
        }

        _selector?.Dispose();
    }
}

using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

// Receiving on readiness: the system told that there is input, and a receive that does not wait takes it. What
// follows from edges, short reads and ends is fact 2 of EpollPoller; io_uring's poll has the same edges.
internal abstract partial class DescriptorSocket
{
    private readonly ReceiveMemory _receiveMemory;
    private readonly bool _isTcp;

    /// <summary>An edge told of input, and no receive has come to its end since.</summary>
    protected bool IsInputReady { get; set; }

    /// <summary>With that edge came the end, an error or urgent data: a short read does not mean that nothing
    /// is left.</summary>
    protected bool IsInputSpecial { get; set; }

    /// <summary>The operation that executes this socket's input.</summary>
    protected QueuedOperation Input { get; init; } = null!;

    /// <summary>Receives into the poller's buffer.</summary>
    /// <returns>What the system returned.</returns>
    protected unsafe nint Receive(IReceiveSink sink)
    {
        // SAFETY: the buffer is on the pinned heap, and the poller keeps it alive.
        Span<byte> buffer = _receiveMemory.Span;
        byte* pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
        nint count = Libc.Receive(Descriptor, pointer, (nuint)buffer.Length);
        if (count > 0)
        {
            OnInputTaken(count < buffer.Length);
            sink.OnReceived(buffer[..(int)count]);
        }
        else
        {
            OnNoInput(sink, (int)-count);
        }

        return count;
    }

    /// <summary>Receives into the sink's buffer.</summary>
    /// <returns>What the system returned; 0 when the sink would not have it.</returns>
    protected unsafe nint ReceiveBuffered(IBufferedReceiveSink sink)
    {
        // SAFETY: the sink's buffer is pinned by the statement below, and the call does not outlive that.
        Span<byte> buffer = GetBuffer(sink, Input);
        if (!ReferenceEquals(sink, BufferedSink))
        {
            // The sink stopped, or closed the socket, when it was asked. What it may have started since is
            // queued.
            return 0;
        }

        nint count;
        fixed (byte* pointer = buffer)
        {
            count = Libc.Receive(Descriptor, pointer, (nuint)buffer.Length);
        }

        if (count > 0)
        {
            OnInputTaken(count < buffer.Length);
            sink.OnReceived((int)count);
        }
        else
        {
            OnNoInput(sink, (int)-count);
        }

        return count;
    }

    /// <summary>Bytes were received. What is known about the rest is put down before the sink hears of them:
    /// it may stop, start again, close, or throw.</summary>
    private void OnInputTaken(bool isShort)
    {
        if (isShort && _isTcp && !IsInputSpecial)
        {
            // Fact 2 of EpollPoller: nothing was left, and what comes makes an edge.
            IsInputReady = false;
        }
        else
        {
            Operations.ExecuteAgain(Input);
        }
    }

    /// <summary>A receive gave no bytes: the end (0), nothing there, or a failure.</summary>
    private void OnNoInput(IReceiveSink sink, int errno)
    {
        switch (errno)
        {
            case Errno.Again:
                IsInputReady = false;
                IsInputSpecial = false;
                break;
            case Errno.Interrupted:
                Operations.ExecuteAgain(Input);
                break;
            default:
                // IsInputReady stays: whoever starts again hears of the end again.
                EndInput(sink, Errno.ToSocketError(errno));
                break;
        }
    }
}

using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    // An edge told of input, and no receive has come to its end since.
    private bool _inputReady;

    // With that edge came the end, an error or urgent data: a short read does not mean that nothing is left.
    private bool _inputSpecial;

    protected override void BeginReceive()
    {
        Check(Register(InputInterest));
        if (_inputReady)
        {
            Operations.ExecuteAgain(_input);
        }
    }

    private unsafe void Receive(IReceiveSink sink)
    {
        // SAFETY: the buffer is on the pinned heap, and the poller keeps it alive.
        Span<byte> buffer = _poller.ReceiveBuffer;
        byte* pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
        nint count = Libc.Receive(_descriptor, pointer, (nuint)buffer.Length);
        if (count > 0)
        {
            OnInputTaken(count < buffer.Length);
            sink.OnReceived(buffer[..(int)count]);
        }
        else
        {
            OnNoInput(sink, (int)-count);
        }
    }

    private unsafe void ReceiveBuffered(IBufferedReceiveSink sink)
    {
        // SAFETY: the sink's buffer is pinned by the statement below, and the call does not outlive that.
        Span<byte> buffer = GetBuffer(sink, _input);
        if (!ReferenceEquals(sink, BufferedSink))
        {
            // The sink stopped, or closed the socket, when it was asked. What it may have started since is
            // queued.
            return;
        }

        nint count;
        fixed (byte* pointer = buffer)
        {
            count = Libc.Receive(_descriptor, pointer, (nuint)buffer.Length);
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
    }

    /// <summary>Bytes were received. What is known about the rest is put down before the sink hears of them:
    /// it may stop, start again, close, or throw.</summary>
    private void OnInputTaken(bool isShort)
    {
        if (isShort && _isTcp && !_inputSpecial)
        {
            // Fact 2 of EpollPoller: nothing was left, and what comes makes an edge.
            _inputReady = false;
        }
        else
        {
            Operations.ExecuteAgain(_input);
        }
    }

    /// <summary>A receive gave no bytes: the end (0), nothing there, or a failure.</summary>
    private void OnNoInput(IReceiveSink sink, int errno)
    {
        switch (errno)
        {
            case Errno.Again:
                _inputReady = false;
                _inputSpecial = false;
                break;
            case Errno.Interrupted:
                Operations.ExecuteAgain(_input);
                break;
            default:
                // _inputReady stays: whoever starts again hears of the end again.
                EndInput(sink, Errno.ToSocketError(errno));
                break;
        }
    }

    private sealed class InputOperation(EpollSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (!socket._inputReady)
            {
                return;
            }

            if (socket.BufferedSink is { } buffered)
            {
                socket.ReceiveBuffered(buffered);
            }
            else if (socket.ReceiveSink is { } receiver)
            {
                socket.Receive(receiver);
            }
            else if (socket.AcceptSink is { } acceptor)
            {
                socket.Accept(acceptor);
            }
        }
    }
}

using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    private IReceiveSink? _receiveSink;

    // The same object as _receiveSink, when it brings its own buffers. Found out once, not for each message.
    private IBufferedReceiveSink? _bufferedSink;

    // An edge told of input, and no receive has come to its end since.
    private bool _inputReady;

    // With that edge came the end, an error or urgent data: a short read does not mean that nothing is left.
    private bool _inputSpecial;

    private bool IsInputArmed => _receiveSink is not null || _acceptSink is not null;

    public override void StartReceiving(IReceiveSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfInputBusy();
        Check(Register(InputInterest));
        _receiveSink = sink;
        _bufferedSink = sink as IBufferedReceiveSink;
        _operations.OnArmed();
        if (_inputReady)
        {
            _operations.ExecuteAgain(_input);
        }
    }

    public override void StopReceiving()
    {
        if (_receiveSink is not null)
        {
            _receiveSink = null;
            _bufferedSink = null;
            _operations.OnDisarmed();
        }
    }

    private void ThrowIfInputBusy()
    {
        if (IsInputArmed)
        {
            throw new InvalidOperationException(
                "The socket is already receiving or accepting. Stop that before you start again.");
        }
    }

    private unsafe void Receive(IReceiveSink sink)
    {
        // SAFETY: the buffer is on the pinned heap, and the poller keeps it alive.
        if (_bufferedSink is { } buffered)
        {
            ReceiveBuffered(buffered);
            return;
        }

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
        Span<byte> buffer = GetBuffer(sink);
        if (!ReferenceEquals(sink, _bufferedSink))
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

    private Span<byte> GetBuffer(IBufferedReceiveSink sink)
    {
        try
        {
            Span<byte> buffer = sink.GetReceiveBuffer(-1).Span;
            if (buffer.IsEmpty)
            {
                throw new InvalidOperationException(
                    "GetReceiveBuffer returned an empty buffer. Return one byte at least, or stop receiving before.");
            }

            return buffer;
        }
        catch
        {
            // The edge is not used up, and the kernel will not repeat it.
            _operations.ExecuteAgain(_input);
            throw;
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
            _operations.ExecuteAgain(_input);
        }
    }

    /// <summary>A receive gave no bytes: the end (0), nothing there, or a failure.</summary>
    private void OnNoInput(IReceiveSink sink, int errno)
    {
        if (errno == Errno.Again)
        {
            _inputReady = false;
            _inputSpecial = false;
        }
        else if (errno == Errno.Interrupted)
        {
            _operations.ExecuteAgain(_input);
        }
        else
        {
            // _inputReady stays: whoever starts again hears of the end again.
            StopReceiving();
            SocketError error = errno == 0 ? _failure : Errno.ToSocketError(errno);
            if (error == SocketError.Success)
            {
                sink.OnEndOfInput();
                return;
            }

            _failure = error;
            sink.OnReceiveFailed(error);
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

            if (socket._receiveSink is { } receiver)
            {
                socket.Receive(receiver);
            }
            else if (socket._acceptSink is { } acceptor)
            {
                socket.Accept(acceptor);
            }
        }
    }
}

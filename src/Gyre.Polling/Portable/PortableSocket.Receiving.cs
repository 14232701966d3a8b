using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class PortableSocket
{
    private IReceiveSink? _receiveSink;
    private PortableRequest? _waitForInput;

    // There is, or may be, something to receive.
    private bool _inputReady;

    private bool IsInputArmed => _receiveSink is not null || _acceptSink is not null;

    public override void StartReceiving(IReceiveSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfInputBusy();
        _receiveSink = sink;
        _operations.OnArmed();
        if (_inputReady)
        {
            _operations.ExecuteAgain(_input);
        }
        else
        {
            WaitForInput();
        }
    }

    public override void StopReceiving()
    {
        if (_receiveSink is not null)
        {
            _receiveSink = null;
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

    private void WaitForInput()
    {
        _inputReady = false;
        if (_waitForInput is null)
        {
            _waitForInput = NewRequest(PortableRequestKind.WaitForInput);
            _waitForInput.SetBuffer(Memory<byte>.Empty);
        }

        if (!_waitForInput.IsPending && _waitForInput.Begin(_socket))
        {
            OnInputWaited();
            _operations.ExecuteAgain(_input);
        }
    }

    private void OnInputWaited()
    {
        _inputReady = true;
        if (_waitForInput!.SocketError != SocketError.Success)
        {
            _failure = _waitForInput.SocketError;
        }
    }

    private void Receive(IReceiveSink sink)
    {
        var buffered = sink as IBufferedReceiveSink;
        Span<byte> buffer = buffered is null ? _poller.ReceiveBuffer : GetBuffer(buffered);
        if (!ReferenceEquals(sink, _receiveSink))
        {
            // The sink stopped, or closed the socket, when it was asked. What it may have started since is
            // queued.
            return;
        }

        int count = 0;
        SocketError error = _failure;
        if (error == SocketError.Success)
        {
            count = _socket.Receive(buffer, SocketFlags.None, out error);
        }

        if (error == SocketError.WouldBlock)
        {
            WaitForInput();
        }
        else if (error != SocketError.Success)
        {
            // _inputReady stays: whoever starts again hears of the end again.
            _failure = error;
            StopReceiving();
            sink.OnReceiveFailed(error);
        }
        else if (count == 0)
        {
            StopReceiving();
            sink.OnEndOfInput();
        }
        else
        {
            OnInputTaken(count < buffer.Length);
            if (buffered is null)
            {
                sink.OnReceived(buffer[..count]);
            }
            else
            {
                buffered.OnReceived(count);
            }
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
            // What there is to receive is still there, and nobody will say so again.
            _operations.ExecuteAgain(_input);
            throw;
        }
    }

    /// <summary>Bytes were received. The rest is asked for before the sink hears of them: it may stop, start
    /// again, close, or throw.</summary>
    private void OnInputTaken(bool isShort)
    {
        if (isShort)
        {
            WaitForInput();
        }
        else
        {
            _operations.ExecuteAgain(_input);
        }
    }

    private sealed class InputOperation(PortableSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket._receiveSink is { } receiver)
            {
                if (socket._inputReady)
                {
                    socket.Receive(receiver);
                }
            }
            else if (socket._acceptSink is { } acceptor)
            {
                socket.Accept(acceptor);
            }
        }
    }
}

using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class PortableSocket
{
    private PortableRequest? _waitForInput;

    // There is, or may be, something to receive.
    private bool _inputReady;

    // Why the wait for input failed. The system says so once: to the wait, not to the receive after it.
    private SocketError _inputError;

    protected override void BeginReceive()
    {
        if (_inputReady)
        {
            Operations.ExecuteAgain(_input);
        }
        else
        {
            WaitForInput();
        }
    }

    private void WaitForInput()
    {
        _inputReady = false;
        if (_waitForInput is null)
        {
            _waitForInput = NewRequest(PortableRequestKind.WaitForInput);
            _waitForInput.SetBuffer(IsDatagram ? new byte[1] : Memory<byte>.Empty);
        }

        if (_waitForInput.IsPending)
        {
            return;
        }

        // The BCL leaves the flags of the last outcome there.
        _waitForInput.SocketFlags = IsDatagram ? SocketFlags.Peek : SocketFlags.None;
        if (_waitForInput.Begin(_socket))
        {
            OnInputWaited();
            Operations.ExecuteAgain(_input);
        }
    }

    private void OnInputWaited()
    {
        _inputReady = true;
        _inputError = _waitForInput!.SocketError;
    }

    private void Receive(IReceiveSink sink)
    {
        IBufferedReceiveSink? buffered = BufferedSink;
        Span<byte> buffer = buffered is null ? _poller.ReceiveBuffer : GetBuffer(buffered, _input);
        if (!ReferenceEquals(sink, ReceiveSink))
        {
            // The sink stopped, or closed the socket, when it was asked. What it may have started since is
            // queued.
            return;
        }

        int count = 0;
        SocketError error = _inputError;
        if (error == SocketError.Success)
        {
            count = _socket.Receive(buffer, SocketFlags.None, out error);
        }

        if (error == SocketError.WouldBlock)
        {
            WaitForInput();
        }
        else if (count == 0)
        {
            // _inputReady stays: whoever starts again hears of the end again.
            EndInput(sink, error == SocketError.Success && IsResetWhileSending() ? SocketError.ConnectionReset : error);
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

    /// <summary>Whether an end of the input is really a reset, which the send under way was told of.</summary>
    // The system tells of a reset once, to the first who asks, and everybody else finds an ordinary end. A send
    // that runs on a thread of the pool may have been first. A connection that still sends cannot be over in order.
    private bool IsResetWhileSending()
    {
        const int Tcp = 6;
        const int TcpInfo = 11;
        const byte TcpClosed = 7;
        if (SendSink is null || !OperatingSystem.IsLinux() || _socket.ProtocolType != ProtocolType.Tcp)
        {
            return false;
        }

        Span<byte> info = stackalloc byte[8];
        return _socket.GetRawSocketOption(Tcp, TcpInfo, info) > 0 && info[0] == TcpClosed;
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
            Operations.ExecuteAgain(_input);
        }
    }

    private sealed class InputOperation(PortableSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket.ReceiveSink is { } receiver)
            {
                if (socket._inputReady)
                {
                    socket.Receive(receiver);
                }
            }
            else if (socket.AcceptSink is { } acceptor)
            {
                socket.Accept(acceptor);
            }
            else if (socket.DatagramSink is { } datagrams && socket._inputReady)
            {
                socket.ReceiveDatagram(datagrams);
            }
        }
    }
}

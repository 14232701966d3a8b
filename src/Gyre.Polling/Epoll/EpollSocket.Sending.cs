using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    private ISendSink? _sendSink;
    private ReadOnlyMemory<byte> _sendData;

    // A send found no room, or not enough, and no edge has told of room since.
    private bool _outputFull;

    // Most sockets never meet a full buffer and never connect: made when needed.
    private OutputOperation? _output;

    private bool IsOutputArmed => _sendSink is not null || _connectSink is not null;

    private OutputOperation Output => _output ??= new OutputOperation(this);

    public override unsafe int TrySend(ReadOnlySpan<byte> data, out SocketError error)
    {
        // SAFETY: the data are pinned by the statement below, and the kernel copies them before the call
        // returns.
        ThrowIfOutputBusy();
        if (_outputFull && (_interest & Libc.EpollOut) != 0)
        {
            // The kernel will say when there is room. It has not, or we have not asked it since.
            error = SocketError.WouldBlock;
            return 0;
        }

        nint count;
        fixed (byte* pointer = data)
        {
            count = Libc.Send(_descriptor, pointer, (nuint)data.Length);
        }

        if (count == data.Length)
        {
            error = SocketError.Success;
            return (int)count;
        }

        return OnIncompleteSend(count, out error);
    }

    public override void Send(ReadOnlyMemory<byte> data, ISendSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfOutputBusy();
        if (data.IsEmpty)
        {
            throw new ArgumentException("There is nothing to send. Give one byte at least.", nameof(data));
        }

        if (_outputFull)
        {
            // If there is room by now, the kernel reports it at once.
            Check(Register(InputInterest | Libc.EpollOut));
        }

        _sendData = data;
        _sendSink = sink;
        _operations.OnArmed();
        if (!_outputFull)
        {
            _operations.ExecuteAgain(Output);
        }
    }

    private void ThrowIfOutputBusy()
    {
        if (IsOutputArmed)
        {
            throw new InvalidOperationException("The socket is already sending or connecting. Wait for its sink.");
        }
    }

    private void OnOutputEvents(uint events, IReadyQueue ready)
    {
        _outputFull = false;
        if (IsOutputArmed)
        {
            Output.EnqueueOnce(ready);
        }
        else if (events == Libc.EpollOut)
        {
            // Fact 3 of EpollPoller: nobody wants to know.
            if (_poller.Control(Libc.EpollCtlModify, _descriptor, InputInterest, Key) >= 0)
            {
                _interest = InputInterest;
            }
        }
    }

    private unsafe void ExecuteSend(ISendSink sink)
    {
        // SAFETY: the data are pinned by the statement below, and the kernel copies them before the call
        // returns.
        nint count;
        fixed (byte* pointer = _sendData.Span)
        {
            count = Libc.Send(_descriptor, pointer, (nuint)_sendData.Length);
        }

        SocketError error = SocketError.Success;
        if (count != _sendData.Length)
        {
            count = OnIncompleteSend(count, out error);
            if (error == SocketError.WouldBlock)
            {
                int result = Register(InputInterest | Libc.EpollOut);
                if (result >= 0)
                {
                    return;
                }

                error = Errno.ToSocketError(-result);
            }
        }

        DropOutput();
        sink.OnSent((int)count, error);
    }

    /// <summary>A send took fewer bytes than it was given: it filled the buffer, found it full, or
    /// failed.</summary>
    /// <param name="count">What the send returned.</param>
    /// <param name="error">What it means.</param>
    private int OnIncompleteSend(nint count, out SocketError error)
    {
        if (count > 0)
        {
            _outputFull = true;
            error = SocketError.Success;
            return (int)count;
        }

        ThrowIfClosed();
        error = Errno.ToSocketError((int)-count);
        switch (error)
        {
            case SocketError.WouldBlock:
                _outputFull = true;
                break;
            case SocketError.Interrupted:
                // Nothing went out, and nothing is known: the next attempt may succeed.
                error = SocketError.WouldBlock;
                break;
            case SocketError.Shutdown when _failure != SocketError.Success:
                // The kernel has told the reason to the other direction.
                error = _failure;
                break;
            case SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.TimedOut
                or SocketError.HostUnreachable or SocketError.NetworkUnreachable:
                _failure = error;
                break;
        }

        return 0;
    }

    private void DropOutput()
    {
        if (IsOutputArmed)
        {
            _sendSink = null;
            _sendData = default;
            _connectSink = null;
            _connectRemote = null;
            _operations.OnDisarmed();
        }
    }

    private sealed class OutputOperation(EpollSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket._sendSink is { } sender)
            {
                socket.ExecuteSend(sender);
            }
            else if (socket._connectSink is { } connector)
            {
                socket.ExecuteConnect(connector);
            }
        }
    }
}

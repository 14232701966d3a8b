using System.Net.Sockets;

namespace Gyre.Polling;

internal sealed partial class EpollSocket
{
    private ReadOnlyMemory<byte> _sendData;

    // A send found no room, or not enough, and no edge has told of room since.
    private bool _outputFull;

    public override unsafe int TrySend(ReadOnlySpan<byte> data, out SocketError error)
    {
        // SAFETY: the data are pinned by the statement below, and the kernel copies them before the call
        // returns.
        ThrowIfOutputBusy();
        ThrowIfDatagram();
        if (_outputFull && (_interest & Libc.EpollOut) != 0)
        {
            // The kernel will say when there is room. It has not, or we have not asked it since.
            error = SocketError.WouldBlock;
            return 0;
        }

        nint count;
        fixed (byte* pointer = data)
        {
            count = Libc.Send(Descriptor, pointer, (nuint)data.Length);
        }

        if (count == data.Length)
        {
            error = SocketError.Success;
            return (int)count;
        }

        return OnIncompleteSend(count, out error);
    }

    protected override void BeginSend(ReadOnlyMemory<byte> data)
    {
        AwaitRoom();
        _sendData = data;
    }

    protected override void BeginSendFile() => AwaitRoom();

    private void AwaitRoom()
    {
        if (_outputFull)
        {
            // If there is room by now, the kernel reports it at once.
            Check(Register(OutputInterest));
        }
        else
        {
            Operations.ExecuteAgain(Output);
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
            if (_poller.Control(Libc.EpollCtlModify, Descriptor, InputInterest, Key) >= 0)
            {
                _interest = InputInterest;
            }
        }
    }

    protected override unsafe void ExecuteSend(ISendSink sink)
    {
        // SAFETY: the data are pinned by the statement below, and the kernel copies them before the call
        // returns.
        nint count;
        fixed (byte* pointer = _sendData.Span)
        {
            count = Libc.Send(Descriptor, pointer, (nuint)_sendData.Length);
        }

        SocketError error = SocketError.Success;
        if (count != _sendData.Length)
        {
            count = OnIncompleteSend(count, out error);
            if (error == SocketError.WouldBlock && WaitForRoom(ref error))
            {
                return;
            }
        }

        _sendData = default;
        EndOutput();
        sink.OnSent((int)count, error);
    }

    protected override void ExecuteSendFile(FilePiece piece, ISendSink sink)
    {
        int result = piece.Send(Descriptor);
        SocketError error = Explain(FileTransmission.ToError(result));
        if (error == SocketError.WouldBlock)
        {
            _outputFull = result == -Errno.Again;
            if (WaitForRoom(ref error))
            {
                return;
            }
        }

        // A short one says nothing: the socket may be full, or the file at its end.
        EndOutput();
        sink.OnSent(Math.Max(result, 0), error);
    }

    /// <summary>Has the send come again when it can go on. False with an error when the kernel cannot
    /// tell.</summary>
    private bool WaitForRoom(ref SocketError error)
    {
        if (!_outputFull)
        {
            // A signal came between: nothing is known, and no edge will come.
            Operations.ExecuteAgain(Output);
            return true;
        }

        int result = Register(OutputInterest);
        if (result < 0)
        {
            error = Errno.ToSocketError(-result);
        }

        return result >= 0;
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
        error = Explain(Errno.ToSocketError((int)-count));
        if (error == SocketError.WouldBlock)
        {
            _outputFull = true;
        }
        else if (error == SocketError.Interrupted)
        {
            error = SocketError.WouldBlock;
        }

        return 0;
    }
}

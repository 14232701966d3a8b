using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

// Output. Fact 6 of UringPoller.
//
//   stage ──the next call, all taken──▶ (nothing)
//     └────────── fell short ─────────▶ backlog ──a send that waits for room──▶ (nothing)
//
// The backlog is what a staged send did not get rid of: TrySend took it, so it is ours until the kernel has it.
// While there is one, nothing else goes out, and the connection is not closed before it: its send holds the file.
// SAFETY: what the kernel is given is pinned, and kept alive until its completion: each place says by what.
internal sealed unsafe partial class UringSocket
{
    private OutputRequest _outputRequest;

    private ReadOnlyMemory<byte> _sendData;
    private bool _sendIsOver;
    private int _sendResult;

    // Where this round's output is on the stage. Of another round, it has gone out.
    private uint _stagedRound;
    private int _stagedStart;
    private int _stagedLength;

    private byte[]? _backlog;
    private int _backlogStart;
    private SocketShutdown? _shutdownAfterBacklog;

    private bool _connectIsPending;

    // A send that was taken before failed: the next one hears of it.
    private SocketError _outputError;
    private bool _outputEnded;

    /// <summary>What the kernel was asked for.</summary>
    private enum OutputRequest : byte
    {
        None,
        Connect,
        Send,
        Room,
        Backlog,
    }

    private bool IsStaged => _stagedRound == _poller.Round;

    public override int TrySend(ReadOnlySpan<byte> data, out SocketError error)
    {
        ThrowIfClosed();
        ThrowIfOutputBusy();
        ThrowIfDatagram();
        error = SocketError.Success;
        if (data.IsEmpty || IsOutputOver(out error))
        {
            return 0;
        }

        bool isSmall = data.Length <= UringPoller.StagedLengthMax && _poller.CanStage;
        if (IsStaged)
        {
            if (isSmall && _poller.TryExtendStage(this, data))
            {
                _stagedLength += data.Length;
                return data.Length;
            }

            SettleStaged();
            if (IsOutputOver(out error))
            {
                return 0;
            }
        }

        if (_backlog is not null)
        {
            error = SocketError.WouldBlock;
            return 0;
        }

        if (!isSmall)
        {
            return SendNow(data, out error);
        }

        _stagedStart = _poller.Stage(this, Descriptor, data);
        _stagedLength = data.Length;
        _stagedRound = _poller.Round;
        return data.Length;
    }

    /// <summary>A staged send took less than all, or failed.</summary>
    public void OnStagedShort(int result)
    {
        if (result < 0 && result is not (-Errno.Again or -Errno.Interrupted))
        {
            FailOutput(-result);
            return;
        }

        int sent = Math.Max(result, 0);
        ReadOnlySpan<byte> rest = _poller.OnStage(_stagedStart, _stagedLength)[sent..];
        _backlog = GC.AllocateUninitializedArray<byte>(rest.Length, pinned: true);
        _backlogStart = 0;
        rest.CopyTo(_backlog);
        _poller.AddUnsettled(this);
    }

    /// <summary>The completion of the request for output.</summary>
    public void OnOutput(int result, IReadyQueue ready)
    {
        OutputRequest request = _outputRequest;
        _outputRequest = OutputRequest.None;
        switch (request)
        {
            case OutputRequest.Backlog:
                OnBacklogSent(result);
                break;
            case OutputRequest.Send when result is 0 or -Errno.Again or -Errno.Interrupted:
                // Nothing was sent, and nothing is wrong: the next poll tries again.
                _poller.AddUnsettled(this);
                break;
            case OutputRequest.Send:
                _sendIsOver = true;
                _sendResult = result;
                break;
            case OutputRequest.Connect:
                _connectIsPending = false;
                break;
            case OutputRequest.Room:
                _mayHaveRoom = true;
                _waitsForRoom = false;

                // If the file is no longer sent, what has come after it waits for this request to end.
                _poller.AddUnsettled(this);
                break;
        }

        if (IsClosed)
        {
            _sendData = default;
            RemoveIfOver();
        }
        else if (IsOutputArmed && IsOutputReady)
        {
            Output.EnqueueOnce(ready);
        }

        AssertRequestInvariants();
    }

    protected override void BeginConnect(EndPoint remote)
    {
        _outputError = SocketError.Success;
        _connectIsPending = StartConnect(remote);
        if (_connectIsPending)
        {
            _poller.AddUnsettled(this);
        }
        else
        {
            Operations.ExecuteAgain(Output);
        }
    }

    protected override void BeginSend(ReadOnlyMemory<byte> data)
    {
        SettleStaged();
        _sendData = data;
        _sendIsOver = false;
        if (IsOutputOver(out _))
        {
            Operations.ExecuteAgain(Output);
        }
        else
        {
            _poller.AddUnsettled(this);
        }
    }

    /// <summary>Whether nothing will ever be sent any more, and why.</summary>
    private bool IsOutputOver(out SocketError error)
    {
        error = _outputEnded ? Explain(SocketError.Shutdown) : _outputError;
        return error != SocketError.Success;
    }

    protected override bool IsConnecting => _connectIsPending;

    /// <summary>Whether an execution would find something.</summary>
    private bool IsOutputReady =>
        ConnectSink is not null ? !_connectIsPending
        : SendPiece is not null ? _mayHaveRoom || IsOutputOver(out _)
        : IsDatagram ? !_waitsForRoom
        : _sendIsOver || IsOutputOver(out _);

    /// <summary>Has the kernel take what is staged, and learns what became of it.</summary>
    private void SettleStaged()
    {
        if (IsStaged && _poller.CanFlush)
        {
            _poller.Flush();
        }
    }

    private int SendNow(ReadOnlySpan<byte> data, out SocketError error)
    {
        // SAFETY: the data are pinned by the statement below, and the kernel copies them before the call
        // returns.
        nint count;
        fixed (byte* pointer = data)
        {
            count = Libc.Send(Descriptor, pointer, (nuint)data.Length);
        }

        if (count >= 0)
        {
            error = SocketError.Success;
            return (int)count;
        }

        error = -count is Errno.Interrupted
            ? SocketError.WouldBlock
            : Explain(Errno.ToSocketError((int)-count));
        return 0;
    }

    private void SettleOutput()
    {
        if (_outputRequest != OutputRequest.None)
        {
            return;
        }

        if (_backlog is not null)
        {
            SendBacklog();
        }
        else if (_connectIsPending)
        {
            _outputRequest = OutputRequest.Connect;
            _poller.AddOutputPoll(this, Descriptor);
        }
        else if (IsDatagram)
        {
            if (_waitsForRoom)
            {
                _outputRequest = OutputRequest.Room;
                _poller.AddOutputPoll(this, Descriptor);
            }
        }
        else if (SendPiece is not null)
        {
            if (!_mayHaveRoom && !IsOutputOver(out _))
            {
                _outputRequest = OutputRequest.Room;
                _poller.AddOutputPoll(this, Descriptor);
            }
        }
        else if (SendSink is not null && !_sendIsOver && !IsOutputOver(out _))
        {
            // SAFETY: whoever sends promised that the memory does not move, and stays unchanged, until the sink
            // is called; _sendData keeps it alive.
            _outputRequest = OutputRequest.Send;
            ref byte first = ref MemoryMarshal.GetReference(_sendData.Span);
            _poller.AddSend(this, Descriptor, (byte*)Unsafe.AsPointer(ref first), _sendData.Length, all: false);
        }
    }

    private void SendBacklog()
    {
        // SAFETY: the backlog is on the pinned heap, and kept alive until its completion has come.
        _outputRequest = OutputRequest.Backlog;
        byte* first = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_backlog!));
        int length = _backlog!.Length - _backlogStart;
        _poller.AddSend(this, Descriptor, first + _backlogStart, length, all: true);
    }

    private void OnBacklogSent(int result)
    {
        if (result > 0)
        {
            _backlogStart += result;
        }
        else if (result is not (0 or -Errno.Again or -Errno.Interrupted))
        {
            FailOutput(-result);
            return;
        }

        if (_backlogStart < _backlog!.Length && !IsClosed)
        {
            _poller.AddUnsettled(this);
            return;
        }

        _backlog = null;
        if (IsClosed)
        {
            return;
        }

        if (_shutdownAfterBacklog is { } how)
        {
            _shutdownAfterBacklog = null;
            _ = Libc.Shutdown(Descriptor, (int)how);
        }

        _poller.AddUnsettled(this);
    }

    /// <summary>Closing waits for what the stage holds: orderly, the kernel sends it though the descriptor is
    /// closed.</summary>
    private void SendBacklogBeforeClose(bool abort)
    {
        if (_backlog is null || _outputRequest == OutputRequest.Backlog)
        {
            return;
        }

        if (abort)
        {
            _backlog = null;
        }
        else if (_outputRequest == OutputRequest.None)
        {
            SendBacklog();
            _poller.Flush();
        }
    }

    private void FailOutput(int errno)
    {
        _backlog = null;
        _outputError = Explain(Errno.ToSocketError(errno));
    }

    protected override void ExecuteSend(ISendSink sink)
    {
        int count = 0;
        SocketError error;
        if (_sendIsOver)
        {
            count = Math.Max(_sendResult, 0);
            error = _sendResult > 0 ? SocketError.Success : Explain(Errno.ToSocketError(-_sendResult));
        }
        else if (!IsOutputOver(out error))
        {
            return;
        }

        _sendIsOver = false;
        _sendData = default;
        EndOutput();
        sink.OnSent(count, error);
    }
}

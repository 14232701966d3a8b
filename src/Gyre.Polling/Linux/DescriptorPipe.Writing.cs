using System.Net.Sockets;

namespace Gyre.Polling;

// The runtime ignores SIGPIPE, so a write that nobody reads is an error like any other.
internal abstract partial class DescriptorPipe
{
    private ISendSink? _writeSink;
    private ReadOnlyMemory<byte> _writeData;
    private OutputOperation? _output;
    private bool _isOutputFull;

    /// <summary>Whether a write waits for room.</summary>
    protected bool WantsRoom => _writeSink is not null && _isOutputFull;

    private OutputOperation Output => _output ??= new OutputOperation(this);

    public sealed override unsafe int TryWrite(ReadOnlySpan<byte> data, out SocketError error)
    {
        // SAFETY: the data are pinned by the statement below, and the kernel copies them before the call returns.
        ThrowIfClosed();
        ThrowIfOutputBusy();
        error = SocketError.Success;
        if (data.IsEmpty)
        {
            return 0;
        }

        nint count;
        fixed (byte* pointer = data)
        {
            count = Libc.Write(Descriptor, pointer, (nuint)data.Length);
        }

        if (count != data.Length)
        {
            error = OnIncompleteWrite(count);
        }

        return (int)Math.Max(count, 0);
    }

    public sealed override void Write(ReadOnlyMemory<byte> data, ISendSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfOutputBusy();
        if (data.IsEmpty)
        {
            throw new ArgumentException("There is nothing to write. Give one byte at least.", nameof(data));
        }

        _writeSink = sink;
        _writeData = data;
        Operations.OnArmed();
        if (_isOutputFull)
        {
            AwaitRoom();
        }
        else
        {
            Operations.ExecuteAgain(Output);
        }
    }

    /// <summary>There is room, or a write would fail.</summary>
    protected void OnRoom(IReadyQueue ready)
    {
        _isOutputFull = false;
        if (_writeSink is not null)
        {
            Output.EnqueueOnce(ready);
        }
    }

    /// <summary>The system cannot wait for room: there always is.</summary>
    protected void SetRoom()
    {
        _isOutputFull = false;
        Operations.ExecuteAgain(Output);
    }

    /// <summary>A write took fewer bytes than it was given: it filled the pipe, found it full, or failed.</summary>
    private SocketError OnIncompleteWrite(nint count)
    {
        if (count > 0)
        {
            // A device may have had another reason, and would not tell of room that it has.
            _isOutputFull = CanHangUp;
            return SocketError.Success;
        }

        if (-count == Errno.Again)
        {
            _isOutputFull = true;
        }

        return -count is 0 or Errno.Interrupted ? SocketError.WouldBlock : Errno.ToSocketError((int)-count);
    }

    private unsafe void ExecuteWrite(ISendSink sink)
    {
        // SAFETY: as in TryWrite.
        nint count;
        fixed (byte* pointer = _writeData.Span)
        {
            count = Libc.Write(Descriptor, pointer, (nuint)_writeData.Length);
        }

        SocketError error = SocketError.Success;
        if (count != _writeData.Length)
        {
            error = OnIncompleteWrite(count);
            if (error == SocketError.WouldBlock)
            {
                if (_isOutputFull)
                {
                    AwaitRoom();
                }
                else
                {
                    Operations.ExecuteAgain(Output);
                }

                return;
            }
        }

        EndOutput();
        sink.OnSent((int)Math.Max(count, 0), error);
    }

    private void EndOutput()
    {
        if (_writeSink is not null)
        {
            _writeSink = null;
            _writeData = default;
            Operations.OnDisarmed();
        }
    }

    private void ThrowIfOutputBusy()
    {
        if (_writeSink is not null)
        {
            throw new InvalidOperationException("The pipe is being written to already. Wait for the sink of that write.");
        }
    }

    private sealed class OutputOperation(DescriptorPipe pipe) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (pipe._writeSink is { } sink)
            {
                pipe.ExecuteWrite(sink);
            }
        }
    }
}

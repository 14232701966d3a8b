using System.Net.Sockets;

namespace Gyre.Polling;

// What follows from edges, short reads and ends is fact 2 of EpollPoller. A read of a pipe that is short has emptied it,
// as of TCP: unless each write is a piece of its own (O_DIRECT). Terminals give one line for each read, and sockets are
// not known to be TCP: for those only EAGAIN counts.
internal abstract partial class DescriptorPipe
{
    private readonly ReceiveMemory _memory;
    private readonly InputOperation _input;
    private readonly bool _shortReadEmpties;

    private IReceiveSink? _readSink;
    private IBufferedReceiveSink? _bufferedSink;

    private bool _isInputReady;

    // With the readiness came the end, or an error: a short read does not mean that nothing is left.
    private bool _isInputSpecial;

    public sealed override void StartReading(IReceiveSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        if (_readSink is not null)
        {
            throw new InvalidOperationException("The pipe is being read already. Stop that before you start again.");
        }

        if (_isInputReady)
        {
            Operations.ExecuteAgain(_input);
        }
        else
        {
            AwaitInput();
        }

        _readSink = sink;
        _bufferedSink = sink as IBufferedReceiveSink;
        Operations.OnArmed();
    }

    public sealed override void StopReading()
    {
        if (_readSink is not null)
        {
            _readSink = null;
            _bufferedSink = null;
            Operations.OnDisarmed();
        }
    }

    /// <summary>There is something to read.</summary>
    /// <param name="isSpecial">The end, or an error, is among it.</param>
    /// <param name="ready">Takes the operation that reads.</param>
    protected void OnInputReady(bool isSpecial, IReadyQueue ready)
    {
        _isInputReady = true;
        _isInputSpecial |= isSpecial;
        if (_readSink is not null)
        {
            _input.EnqueueOnce(ready);
        }
    }

    /// <summary>What is attached is always ready, as /dev/null is: the system cannot wait for it.</summary>
    protected void SetInputReady()
    {
        _isInputReady = true;
        _isInputSpecial = true;
        Operations.ExecuteAgain(_input);
    }

    private unsafe void Read(IReceiveSink sink)
    {
        // SAFETY: the buffer, the poller's or the sink's, is pinned by the statement below, and the call does not
        // outlive that.
        IBufferedReceiveSink? buffered = _bufferedSink;
        Span<byte> buffer = buffered is null ? _memory.Span : Operations.GetBuffer(buffered, _input);
        if (!ReferenceEquals(sink, _readSink))
        {
            // The sink stopped, or closed the pipe, when it was asked. What it may have started since is queued.
            return;
        }

        nint count;
        fixed (byte* pointer = buffer)
        {
            count = Libc.Read(Descriptor, pointer, (nuint)buffer.Length);
        }

        if (count <= 0)
        {
            OnNoInput(sink, (int)-count);
            return;
        }

        // Before the sink hears of it: it may stop, start again, close, or throw.
        if (count < buffer.Length && _shortReadEmpties && !_isInputSpecial)
        {
            _isInputReady = false;
            AwaitInput();
        }
        else
        {
            Operations.ExecuteAgain(_input);
        }

        if (buffered is null)
        {
            sink.OnReceived(buffer[..(int)count]);
        }
        else
        {
            buffered.OnReceived((int)count);
        }
    }

    /// <summary>A read gave no bytes: the end (0), nothing there, or a failure.</summary>
    private void OnNoInput(IReceiveSink sink, int errno)
    {
        switch (errno)
        {
            case Errno.Again:
                _isInputReady = false;
                _isInputSpecial = false;
                AwaitInput();
                break;
            case Errno.Interrupted:
                Operations.ExecuteAgain(_input);
                break;
            case 0:
                // _isInputReady stays: whoever starts again hears of the end again.
                StopReading();
                sink.OnEndOfInput();
                break;
            default:
                StopReading();
                sink.OnReceiveFailed(Errno.ToSocketError(errno));
                break;
        }
    }

    private sealed class InputOperation(DescriptorPipe pipe) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (pipe._readSink is { } sink && pipe._isInputReady)
            {
                pipe.Read(sink);
            }
        }
    }
}

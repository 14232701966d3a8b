using System.Diagnostics;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The output of a transport: sends what fits, keeps the rest until there is room for it, and has the protocol
/// pause meanwhile.</summary>
// Invariant: a send is under way only while _queue is not empty, and it is a send of _queue.First.
internal abstract class OutputSender(SystemTransport transport) : ISendSink
{
    /// <summary>How many segments are sent in one turn. The rest comes with the next one, after others had
    /// theirs.</summary>
    private const int SegmentsPerTurnMax = 8;

    /// <summary>From this many writes into a lost transport on, somebody does not look whether it is lost.</summary>
    private const int LostWritesMax = 5;

    private OutputQueue _queue = new(SegmentPool.Of(transport.Loop));
    private WriteFlow _flow = new();
    private bool _isSending;
    private int _lostWrites;

    /// <summary>How many bytes are unsent.</summary>
    public long Length => _queue.Length;

    public (int Low, int High) Limits => (_flow.Low, _flow.High);

    /// <summary>Whether the protocol is paused.</summary>
    public bool IsPaused => _flow.IsPaused;

    /// <summary>Whether more may be written.</summary>
    protected abstract bool IsOpen { get; }

    public void SetLimits(int? high, int? low)
    {
        _flow.SetLimits(high, low);
        OnGrown();
    }

    /// <summary>Sends bytes, behind those that are unsent.</summary>
    /// <param name="data">At least one. What is not sent at once is copied.</param>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (_queue.Length == 0)
        {
            int sent = TrySend(data, out SocketError error);
            if (sent == data.Length)
            {
                return;
            }

            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                OnFailed(error);
                return;
            }

            data = data[sent..];
        }

        _queue.Append(data);
        StartSending();
        OnGrown();
    }

    /// <summary>Sends several pieces as one.</summary>
    public void Write(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        try
        {
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                if (!IsOpen)
                {
                    // The caller's enumeration has closed the transport.
                    break;
                }

                _queue.Append(piece.Span);
            }
        }
        finally
        {
            // Also when the caller's enumeration throws: what is in the queue must be on its way.
            if (!_isSending)
            {
                SendWhatFits();
            }

            OnGrown();
            if (!IsOpen && _queue.Length == 0 && !transport.IsLost)
            {
                OnEmpty();
            }
        }
    }

    /// <summary>Counts a write that is dropped because the transport is closed.</summary>
    public void OnDropped()
    {
        if (++_lostWrites == LostWritesMax)
        {
            RuntimeWarnings.Raise(
                $"{transport} is closed, and {LostWritesMax} writes to it were dropped; stop when ConnectionLost is called");
        }
    }

    /// <summary>Drops what is unsent.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Clear()
    {
        bool isLoss = _queue.Length > 0;
        _queue.Clear(firstIsLent: _isSending);
        return isLoss;
    }

    void ISendSink.OnSent(int count, SocketError error)
    {
        _isSending = false;
        if (transport.IsLost)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            OnFailed(error);
            return;
        }

        _queue.Advance(count);
        SendWhatFits();
        OnShrunk();
        AssertInvariants();
    }

    [Conditional("DEBUG")]
    public void AssertInvariants()
    {
        Debug.Assert(!_isSending || _queue.Length > 0 || transport.IsLost, "A send is of the queue's first segment.");
        Debug.Assert(!transport.IsLost || _queue.Length == 0, "A lost transport holds no output.");
    }

    /// <summary>Sends what the system takes at once. Zero and an error, or <see cref="SocketError.WouldBlock"/>.</summary>
    protected abstract int TrySend(ReadOnlySpan<byte> data, out SocketError error);

    /// <summary>Starts to send, and has this told.</summary>
    /// <exception cref="SocketException">The system refused.</exception>
    protected abstract void Send(ReadOnlyMemory<byte> data);

    /// <summary>The system took nothing, and never will.</summary>
    protected abstract void OnFailed(SocketError error);

    /// <summary>Everything that waited has gone out.</summary>
    protected abstract void OnEmpty();

    /// <summary>Sends until the system is full, the queue is empty, or this turn is over; then waits for more
    /// room.</summary>
    private void SendWhatFits()
    {
        for (int i = 0; i < SegmentsPerTurnMax && _queue.Length > 0; i++)
        {
            ReadOnlyMemory<byte> first = _queue.First;
            int sent = TrySend(first.Span, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                OnFailed(error);
                return;
            }

            _queue.Advance(sent);
            if (sent < first.Length)
            {
                break;
            }
        }

        StartSending();
    }

    private void StartSending()
    {
        if (_isSending || _queue.Length == 0)
        {
            return;
        }

        try
        {
            Send(_queue.First);
            _isSending = true;
        }
        catch (SocketException e)
        {
            OnFailed(e.SocketErrorCode);
        }
    }

    private void OnGrown()
    {
        if (_flow.MustPause(_queue.Length))
        {
            Call(static protocol => protocol.PauseWriting(), "The protocol's PauseWriting threw an exception.");
        }
    }

    private void OnShrunk()
    {
        if (_flow.MustResume(_queue.Length))
        {
            transport.EnterContext();

            // May write more, and close.
            Call(static protocol => protocol.ResumeWriting(), "The protocol's ResumeWriting threw an exception.");
        }

        if (_queue.Length == 0 && !transport.IsLost)
        {
            OnEmpty();
        }
    }

    private void Call(Action<Protocol> call, string message)
    {
        try
        {
            call(transport.Protocol);
        }
        catch (Exception e)
        {
            transport.Report(message, e);
        }
    }
}

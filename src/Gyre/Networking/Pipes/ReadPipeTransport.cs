using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The transport over the reading end of a pipe.</summary>
// Invariant: the pipe is being read exactly while WantsInput holds.
internal sealed class ReadPipeTransport(EventLoop loop, PollPipe pipe, Protocol protocol, WaitFuture opened)
    : PipeTransport(loop, pipe, protocol, opened), IReceiveSink
{
    private bool _reading;
    private bool _readingPaused;
    private bool _inputEnded;

    public override bool IsReading => !IsClosing && !_readingPaused;

    public override bool CanWriteEof => false;

    public override long WriteBufferSize => 0;

    public override (int Low, int High) WriteBufferLimits => (0, 0);

    internal override bool IsInputEnded => _inputEnded;

    internal override bool IsWritingPaused => false;

    internal override bool HasLostOutput => false;

    private bool WantsInput => State == TransportState.Open && !_readingPaused;

    public override void PauseReading()
    {
        Loop.AssertOnLoop();
        if (IsReading)
        {
            _readingPaused = true;
            UpdateReading();
        }
    }

    public override void ResumeReading()
    {
        Loop.AssertOnLoop();
        if (!IsClosing && _readingPaused)
        {
            _readingPaused = false;
            UpdateReading();
        }
    }

    public override void Close()
    {
        Loop.AssertOnLoop();
        Lose(null);
    }

    public override void Abort() => Close();

    public override void Write(ReadOnlySpan<byte> data) => throw OnlyReads();

    public override void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces) => throw OnlyReads();

    public override void WriteEof() => throw OnlyReads();

    public override void SetWriteBufferLimits(int? high = null, int? low = null) => throw OnlyReads();

    void IReceiveSink.OnReceived(ReadOnlySpan<byte> data)
    {
        EnterContext();
        try
        {
            Protocol.DataReceived(data);
        }
        catch (Exception e)
        {
            Fail("The protocol's DataReceived threw an exception.", e);
        }
    }

    void IReceiveSink.OnEndOfInput()
    {
        _reading = false;
        _inputEnded = true;
        EnterContext();
        try
        {
            // There is no other direction to keep open, so what the protocol answers makes no difference.
            _ = Protocol.EofReceived();
        }
        catch (Exception e)
        {
            Fail("The protocol's EofReceived threw an exception.", e);
            return;
        }

        Lose(null);
    }

    void IReceiveSink.OnReceiveFailed(SocketError error)
    {
        _reading = false;
        Fail(error);
    }

    public override string ToString() => $"read pipe ({State})";

    protected override void OnOpened() => UpdateReading();

    protected override void Stop(Exception? error, bool isOrderly) => UpdateReading();

    private static NotSupportedException OnlyReads() =>
        new("This transport is the reading end of a pipe. Write to the other end.");

    private void UpdateReading()
    {
        if (WantsInput == _reading)
        {
            return;
        }

        if (_reading)
        {
            _reading = false;
            PollPipe.StopReading();
            return;
        }

        try
        {
            PollPipe.StartReading(this);
            _reading = true;
        }
        catch (SocketException e)
        {
            Fail(e.SocketErrorCode);
        }
    }
}

using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>The transport over the writing end of a pipe.</summary>
internal sealed class WritePipeTransport : PipeTransport, IHangUpSink
{
    private readonly Sender _output;
    private bool _hasLostOutput;

    public WritePipeTransport(EventLoop loop, PollPipe pipe, Protocol protocol, WaitFuture opened)
        : base(loop, pipe, protocol, opened) => _output = new Sender(this);

    public override bool IsReading => false;

    public override bool CanWriteEof => true;

    public override long WriteBufferSize => _output.Length;

    public override (int Low, int High) WriteBufferLimits => _output.Limits;

    internal override bool IsInputEnded => true;

    internal override bool IsWritingPaused => _output.IsPaused;

    internal override bool HasLostOutput => _hasLostOutput;

    public override void PauseReading() => throw OnlyWrites();

    public override void ResumeReading() => throw OnlyWrites();

    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        Loop.AssertOnLoop();
        _output.SetLimits(high, low);
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        Loop.AssertOnLoop();
        if (!data.IsEmpty && CanWrite())
        {
            _output.Write(data);
        }
    }

    public override void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        Loop.AssertOnLoop();
        if (CanWrite())
        {
            _output.Write(pieces);
        }
    }

    /// <summary>The end of a pipe is its close.</summary>
    public override void WriteEof() => Close();

    public override void Close()
    {
        Loop.AssertOnLoop();
        if (IsClosing)
        {
            return;
        }

        State = TransportState.Flushing;
        OnFlushed();
    }

    public override void Abort()
    {
        Loop.AssertOnLoop();
        Lose(null);
    }

    void IHangUpSink.OnHungUp() => Lose(_output.Length > 0 ? Error(SocketError.Shutdown) : null);

    public override string ToString() => $"write pipe ({State}, {_output.Length} bytes unsent)";

    protected override void OnOpened()
    {
        try
        {
            PollPipe.WatchHangUp(this);
        }
        catch (SocketException e)
        {
            Fail(e.SocketErrorCode);
        }
    }

    protected override void Stop(Exception? error, bool isOrderly)
    {
        _hasLostOutput = _output.Clear();
        _output.AssertInvariants();
    }

    private static NotSupportedException OnlyWrites() =>
        new("This transport is the writing end of a pipe. Read from the other end.");

    private void OnFlushed()
    {
        if (State == TransportState.Flushing && _output.Length == 0)
        {
            Lose(null, isOrderly: true);
        }
    }

    /// <summary>Whether bytes can be taken. When the pipe is closing they are dropped, as its reader would drop
    /// them.</summary>
    private bool CanWrite()
    {
        if (!IsClosing)
        {
            return true;
        }

        _output.OnDropped();
        return false;
    }

    private sealed class Sender(WritePipeTransport transport) : OutputSender(transport)
    {
        protected override bool IsOpen => !transport.IsClosing;

        protected override int TrySend(ReadOnlySpan<byte> data, out SocketError error) =>
            transport.PollPipe.TryWrite(data, out error);

        protected override void Send(ReadOnlyMemory<byte> data) => transport.PollPipe.Write(data, this);

        protected override void OnFailed(SocketError error) => transport.Fail(error);

        protected override void OnEmpty() => transport.OnFlushed();
    }
}

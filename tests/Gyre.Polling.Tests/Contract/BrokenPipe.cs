using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling.Tests;

/// <summary>A pipe of a <see cref="BrokenPoller"/>.</summary>
internal sealed class BrokenPipe(PollPipe inner, Fault fault) : PollPipe, IBroken
{
    private readonly BrokenReceiving _reading = new();

    public Fault Fault => fault;

    public override SafeHandle Handle => inner.Handle;

    public override bool IsClosed => inner.IsClosed;

    public override bool CanHangUp => inner.CanHangUp;

    public override void StartReading(IReceiveSink sink) => inner.StartReading(
        sink is IBufferedReceiveSink buffered
            ? new BrokenBufferedReceive(this, buffered, _reading)
            : new BrokenReceive(this, sink, _reading));

    public override void StopReading()
    {
        if (fault != Fault.StopsNothing)
        {
            inner.StopReading();
        }
    }

    public override int TryWrite(ReadOnlySpan<byte> data, out SocketError error)
    {
        int count = inner.TryWrite(data, out error);
        if (fault == Fault.SendHidesErrors && error is not (SocketError.Success or SocketError.WouldBlock))
        {
            error = SocketError.Success;
            return data.Length;
        }

        return fault == Fault.SendsTwice && count > 0 ? count - 1 : count;
    }

    public override void Write(ReadOnlyMemory<byte> data, ISendSink sink)
    {
        try
        {
            inner.Write(data, new BrokenSend(this, sink));
        }
        catch (InvalidOperationException) when (fault == Fault.MisuseIsSilent)
        {
            // The fault.
        }
    }

    public override void WatchHangUp(IHangUpSink sink)
    {
        if (fault != Fault.LosesHangUps)
        {
            inner.WatchHangUp(sink);
        }
    }

    public override void Close()
    {
        if (fault != Fault.CloseDoesNothing)
        {
            inner.Close();
        }
    }

    public void Tell(Action call) => call();
}

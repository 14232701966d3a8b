using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>A watch of a <see cref="BrokenPoller"/>.</summary>
internal sealed class BrokenWatch(PollWatch inner, BrokenPoller poller) : PollWatch
{
    private readonly Fault _fault = poller.Fault;

    // Whether TryReceive has found something since a wait was told.
    private bool _hasReceived = true;

    public override IWatchSink? InputSink => (inner.InputSink as Teller)?.Sink;

    public override IWatchSink? OutputSink => (inner.OutputSink as Teller)?.Sink;

    /// <summary>The last sink of the input, which a backend forgets when the descriptor is closed.</summary>
    public IWatchSink? LastInputSink { get; private set; }

    private Teller? Input => inner.InputSink as Teller;

    public override void WatchInput(IWatchSink sink) => Ask(inner.WatchInput, sink, Input, isWait: false, isInput: true);

    public override void WatchOutput(IWatchSink sink) =>
        Ask(inner.WatchOutput, sink, inner.OutputSink as Teller, isWait: false, isInput: false);

    public override void WaitForInput(IWatchSink sink)
    {
        // An edge is seen by who waits before it.
        if (_fault != Fault.WaitMissesWhatCameBefore || !poller.HasInput(this))
        {
            Ask(inner.WaitForInput, sink, Input, isWait: true, isInput: true);
        }
    }

    public override void WaitForOutput(IWatchSink sink) =>
        Ask(inner.WaitForOutput, sink, inner.OutputSink as Teller, isWait: true, isInput: false);

    public override bool StopInput() =>
        _fault == Fault.StopsNothing ? inner.InputSink is not null : inner.StopInput();

    public override bool StopOutput() =>
        _fault == Fault.StopsNothing ? inner.OutputSink is not null : inner.StopOutput();

    public override int TryReceive(Socket socket, Span<byte> buffer, out SocketError error)
    {
        if (_fault == Fault.WaitMissesWhatCameBefore && _hasReceived)
        {
            _hasReceived = false;
            error = SocketError.WouldBlock;
            return 0;
        }

        try
        {
            int count = inner.TryReceive(socket, buffer, out error);
            _hasReceived = true;
            if (_fault == Fault.HidesTheEnd && count == 0 && error == SocketError.Success)
            {
                error = SocketError.WouldBlock;
            }

            return count;
        }
        catch (ObjectDisposedException) when (_fault == Fault.ClosedIsSilent)
        {
            error = SocketError.WouldBlock;
            return 0;
        }
    }

    public override int TrySend(Socket socket, ReadOnlySpan<byte> data, out SocketError error) =>
        inner.TrySend(socket, data, out error);

    public override int TryReceiveFrom(Socket socket, Span<byte> buffer, out EndPoint? from, out SocketError error)
    {
        int count = inner.TryReceiveFrom(socket, buffer, out from, out error);
        from = _fault == Fault.HidesAddresses ? null : from;
        return count;
    }

    public override int TrySendTo(Socket socket, ReadOnlySpan<byte> data, EndPoint to, out SocketError error) =>
        inner.TrySendTo(socket, data, to, out error);

    public override SocketError TryConnect(Socket socket, EndPoint remote) => inner.TryConnect(socket, remote);

    public override SocketError FinishConnect(Socket socket, EndPoint remote)
    {
        SocketError error = inner.FinishConnect(socket, remote);
        return _fault == Fault.ConnectAlwaysSucceeds ? SocketError.Success : error;
    }

    public override Socket? TryAccept(Socket listener, out SocketError error)
    {
        Socket? connection = inner.TryAccept(listener, out error);
        if (connection is not null && _fault == Fault.AcceptedSocketsBlock)
        {
            connection.Blocking = true;
        }

        return connection;
    }

    private void Ask(Action<IWatchSink> ask, IWatchSink sink, Teller? replaced, bool isWait, bool isInput)
    {
        LastInputSink = isInput ? sink : LastInputSink;
        if (_fault != Fault.LosesOutput || isInput)
        {
            ask(new Teller(this, sink, _fault == Fault.TellsTheReplaced ? replaced : null, isWait, isInput));
        }
    }

    /// <summary>Stands before a sink.</summary>
    public sealed class Teller(BrokenWatch watch, IWatchSink sink, Teller? replaced, bool isWait, bool isInput)
        : IWatchSink
    {
        private bool _isTold;

        public IWatchSink Sink => sink;

        public void OnReady()
        {
            if (watch._fault == Fault.WatchTellsOnce && !isWait && _isTold)
            {
                return;
            }

            _isTold = true;
            if (watch._fault == Fault.TellsOutputFirst && isInput)
            {
                watch.OutputSink?.OnReady();
            }

            replaced?.OnReady();
            sink.OnReady();
            if (watch._fault == Fault.WaitTellsTwice && isWait)
            {
                sink.OnReady();
            }
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

/// <summary>A socket of a <see cref="BrokenPoller"/>.</summary>
internal sealed partial class BrokenSocket(PollSocket inner, BrokenPoller poller) : PollSocket, IBroken
{
    private readonly Fault _fault = poller.Fault;

    /// <summary>Shared by the receives of the connection, one after the other.</summary>
    private readonly BrokenReceiving _receiving = new();

    private bool _closed;

    public BrokenPoller Poller => poller;

    public Fault Fault => _fault;

    public override Socket Socket => Guard(() => inner.Socket, null!);

    public override bool IsClosed => inner.IsClosed;

    public override EndPoint? LocalEndPoint =>
        _fault == Fault.HidesAddresses ? null : Guard(() => inner.LocalEndPoint, null);

    public override EndPoint? RemoteEndPoint =>
        _fault == Fault.HidesAddresses ? null : Guard(() => inner.RemoteEndPoint, null);

    public override bool NoDelay
    {
        get => _fault == Fault.ClaimsNoDelay || Guard(() => inner.NoDelay, false);
        set => Guard(() => inner.NoDelay = value && _fault != Fault.ForgetsNoDelay, false);
    }

    public override void Connect(EndPoint remote, IConnectSink sink)
    {
        try
        {
            Guard(() => inner.Connect(remote, new BrokenConnect(sink, _fault)));
            if (_fault == Fault.ConnectAnswersTwice)
            {
                sink.OnConnected(SocketError.Success);
            }
        }
        catch (ArgumentException) when (_fault == Fault.ErrorsSayNothing)
        {
            throw new ArgumentException("No.");
        }
    }

    public override void StartAccepting(IAcceptSink sink) =>
        Guard(() => inner.StartAccepting(new BrokenAccept(this, sink)));

    public override void StopAccepting()
    {
        if (_fault != Fault.StopsNothing)
        {
            inner.StopAccepting();
        }
    }

    public override void StartReceiving(IReceiveSink sink)
    {
        if (_fault == Fault.CallsTheSinkInTheStart)
        {
            sink.OnReceived([]);
        }

        Guard(() => inner.StartReceiving(
            sink is IBufferedReceiveSink buffered
                ? new BrokenBufferedReceive(this, buffered, _receiving)
                : new BrokenReceive(this, sink, _receiving)));
    }

    public override void StopReceiving()
    {
        if (_fault != Fault.StopsNothing)
        {
            inner.StopReceiving();
        }
    }

    public override int TrySend(ReadOnlySpan<byte> data, out SocketError error)
    {
        try
        {
            PollSocket target = inner;
            if (_fault == Fault.SendsToTheOther)
            {
                target = poller.LastSender ?? inner;
                poller.LastSender = inner;
            }

            int count = target.TrySend(data, out error);
            if (_fault == Fault.RefusesNoBytes && data.IsEmpty)
            {
                error = SocketError.WouldBlock;
            }

            if (_fault == Fault.TakesMoreThanItSends && error is (SocketError.Success or SocketError.WouldBlock))
            {
                error = SocketError.Success;
                return data.Length;
            }

            return _fault == Fault.SendsTwice && count > 1 ? count - 1 : count;
        }
        catch (InvalidOperationException) when (IsHidden || _fault == Fault.MisuseIsSilent)
        {
            error = SocketError.Success;
            return data.Length;
        }
    }

    public override void Send(ReadOnlyMemory<byte> data, ISendSink sink) =>
        Guard(() => inner.Send(data, new BrokenSend(this, sink)));

    public override bool CanSendFiles => inner.CanSendFiles;

    public override void SendFile(SafeFileHandle file, long offset, long count, ISendSink sink) =>
        inner.SendFile(file, offset, count, new BrokenSend(this, sink));

    public override void StopSendingFile()
    {
        if (_fault != Fault.StopsNothing)
        {
            inner.StopSendingFile();
        }
    }

    public override SocketError Shutdown(SocketShutdown how) => Guard(
        () => inner.Shutdown(_fault == Fault.ShutdownEndsBoth ? SocketShutdown.Both : how), SocketError.Success);

    public override void Close(bool abort)
    {
        if (_closed && _fault == Fault.SecondCloseThrows)
        {
            throw new InvalidOperationException("It is closed.");
        }

        _closed = true;
        if (_fault != Fault.CloseDoesNothing)
        {
            inner.Close(_fault == Fault.CloseIsAReset || (abort && _fault != Fault.AbortIsOrderly));
        }
    }

    public void Tell(Action call)
    {
        try
        {
            call();
        }
        catch (Exception) when (_fault == Fault.SwallowsErrorsOfSinks)
        {
            // The fault.
        }
        catch (Exception) when (_fault == Fault.ErrorOfASinkCloses)
        {
            inner.Close(abort: false);
            throw;
        }
    }

    private bool IsHidden => _fault == Fault.ClosedIsSilent && inner.IsClosed;

    private void Guard(Action action) => Guard(
        () =>
        {
            action();
            return true;
        },
        true);

    private T Guard<T>(Func<T> action, T otherwise)
    {
        try
        {
            return action();
        }
        catch (ObjectDisposedException) when (IsHidden)
        {
            return otherwise;
        }
        catch (Exception error) when (
            _fault == Fault.MisuseIsSilent && error is ArgumentException or InvalidOperationException
            && error is not ObjectDisposedException)
        {
            return otherwise;
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre;

/// <summary>What the transports over the two ends of a pipe have in common: how they begin and end.</summary>
// Opening ──its turn: ConnectionMade──▶ Open ──Close──▶ Flushing ──everything written──▶ Losing ──its turn──▶ Lost
//    └──────────────────────────────────┴──Abort, an error, the end, Close with nothing unsent──▶ Losing: ConnectionLost
//
// Invariant: ConnectionMade is queued by Start and ConnectionLost by Lose, so the first comes before the second.
internal abstract class PipeTransport : Transport
{
    private static readonly WorkItem s_open = new OpenItem();
    private static readonly WorkItem s_lose = new LoseItem();

    // What the protocol is called in: the context in which the pipe was connected, as of any callback.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly WaitFuture _opened;
    private Protocol _protocol;

    protected PipeTransport(EventLoop loop, PollPipe pipe, Protocol protocol, WaitFuture opened)
        : base(loop)
    {
        PollPipe = pipe;
        _protocol = protocol;
        _opened = opened;
        loop.Ready.Enqueue(s_open, this, null, _context);
    }

    protected enum PipeState : byte
    {
        Opening,
        Open,
        Flushing,
        Losing,
        Lost,
    }

    public sealed override Protocol Protocol
    {
        get => _protocol;
        set => _protocol = value ?? throw new ArgumentNullException(nameof(value));
    }

    public sealed override bool IsClosing => State >= PipeState.Flushing;

    public sealed override EndPoint? LocalEndPoint => null;

    public sealed override EndPoint? RemoteEndPoint => null;

    public sealed override Socket? Socket => null;

    public sealed override SafeHandle? Pipe => PollPipe.IsClosed ? null : PollPipe.Handle;

    internal sealed override bool HasLostOutput => LostOutput;

    protected PollPipe PollPipe { get; }

    protected PipeState State { get; set; }

    protected bool LostOutput { get; private set; }

    internal sealed override void WriteFromUpper(ReadOnlySpan<byte> data) =>
        throw new NotSupportedException("A pipe has one direction, and TLS needs both.");

    /// <summary>The system's error, as an exception of files: a pipe is no socket.</summary>
    protected static IOException Error(SocketError error) => error == SocketError.Shutdown
        ? new IOException("The pipe is broken: nobody reads from it any more.", new SocketException((int)error))
        : new IOException($"The pipe failed: {NetworkErrors.Describe(error)}", new SocketException((int)error));

    /// <summary>The protocol was told that the pipe is connected: begin.</summary>
    protected abstract void OnOpened();

    /// <summary>Ends what is under way. The pipe itself is closed after the protocol's last call.</summary>
    /// <returns>Whether bytes were dropped.</returns>
    protected abstract bool Stop();

    /// <summary>Calls of the protocol run in the transport's context, whatever ran before them.</summary>
    protected void EnterContext()
    {
        if (_context is { } context && ExecutionContext.Capture() != context)
        {
            ExecutionContext.Restore(context);
        }
    }

    /// <summary>The protocol broke: the reason goes to the exception handler, and to the protocol.</summary>
    protected void Fail(string message, Exception error)
    {
        Report(message, error);
        Lose(error);
    }

    protected void Report(string message, Exception error) => Loop.CallExceptionHandler(new ExceptionContext
    {
        Message = message,
        Exception = error,
        Source = this,
    });

    /// <summary>Ends everything but the last call of the protocol, which it queues. Only the first loss
    /// counts.</summary>
    protected void Lose(Exception? error)
    {
        if (State >= PipeState.Losing)
        {
            return;
        }

        State = PipeState.Losing;
        LostOutput = Stop();
        Loop.Ready.Enqueue(s_lose, this, error, _context);
    }

    private void Open()
    {
        try
        {
            if (State == PipeState.Opening)
            {
                State = PipeState.Open;
            }

            _protocol.ConnectionMade(this);
        }
        catch (Exception e)
        {
            Report("The protocol's ConnectionMade threw an exception.", e);
        }

        if (!IsClosing)
        {
            OnOpened();
        }

        _opened.Release();
    }

    private void CompleteLoss(Exception? error)
    {
        Debug.Assert(State == PipeState.Losing, "A pipe is lost once.");
        try
        {
            _protocol.ConnectionLost(error);
        }
        catch (Exception e)
        {
            Report("The protocol's ConnectionLost threw an exception.", e);
        }

        State = PipeState.Lost;
        PollPipe.Close();
    }

    private sealed class OpenItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((PipeTransport)first!).Open();
    }

    private sealed class LoseItem : WorkItem
    {
        internal override void Execute(object? first, object? second) =>
            ((PipeTransport)first!).CompleteLoss((Exception?)second);
    }
}

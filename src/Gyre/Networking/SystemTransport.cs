using System.Diagnostics;

namespace Gyre;

/// <summary>What the transports over a socket and over the ends of a pipe have in common: how they begin and end.</summary>
// Opening ──its turn: ConnectionMade──▶ Open ──Close──▶ Flushing ──everything sent──▶ Losing ──its turn──▶ Lost
//    └──────────────────────────────────┴──Abort, an error, Close with nothing unsent──▶ Losing: ConnectionLost
//
// Invariant: ConnectionMade is queued by the constructor and ConnectionLost by Lose, so the first comes before the second.
internal abstract class SystemTransport : Transport
{
    private static readonly WorkItem s_open = new OpenItem();
    private static readonly WorkItem s_lose = new LoseItem();

    private readonly CallbackContext _context = CallbackContext.Capture();
    private Protocol _protocol;
    private WaitFuture? _opened;

    /// <summary>Makes a transport, and calls its protocol in the next iteration.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="opened">Is released after the protocol was told and input was started.</param>
    protected SystemTransport(EventLoop loop, Protocol protocol, WaitFuture? opened)
        : base(loop)
    {
        _protocol = protocol;
        _opened = opened;
        loop.Ready.Enqueue(s_open, this, null, _context.Value);
    }

    protected enum TransportState : byte
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
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _protocol = value;
            OnProtocolReplaced();
        }
    }

    public sealed override bool IsClosing => State >= TransportState.Flushing;

    /// <summary>Whether <c>ConnectionLost</c> was called, or is about to be.</summary>
    internal bool IsLost => State >= TransportState.Losing;

    protected TransportState State { get; set; }

    /// <summary>Calls of the protocol run in the transport's context.</summary>
    internal void EnterContext() => _context.Enter();

    internal void Report(string message, Exception error) => Loop.CallExceptionHandler(new ExceptionContext
    {
        Message = message,
        Exception = error,
        Source = this,
    });

    /// <summary>The protocol was told that the transport is open: begin.</summary>
    protected abstract void OnOpened();

    protected virtual void OnProtocolReplaced()
    {
    }

    /// <summary>Ends what is under way. The system's object itself is closed after the protocol's last call.</summary>
    /// <param name="error">Why.</param>
    /// <param name="isOrderly">Whether everything that was written has gone out.</param>
    protected abstract void Stop(Exception? error, bool isOrderly);

    /// <summary>Closes the system's object.</summary>
    protected abstract void Release();

    /// <summary>The protocol broke: the reason goes to the exception handler, and to the protocol.</summary>
    protected void Fail(string message, Exception error)
    {
        Report(message, error);
        Lose(error);
    }

    /// <summary>Ends everything but the last call of the protocol, which it queues. Only the first loss
    /// counts.</summary>
    protected void Lose(Exception? error, bool isOrderly = false)
    {
        if (IsLost)
        {
            return;
        }

        State = TransportState.Losing;
        Stop(error, isOrderly);
        Loop.Ready.Enqueue(s_lose, this, error, _context.Value);
    }

    private void Open()
    {
        try
        {
            if (State == TransportState.Opening)
            {
                State = TransportState.Open;
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

        _opened?.Release();
        _opened = null;
    }

    private void CompleteLoss(Exception? error)
    {
        Debug.Assert(State == TransportState.Losing, "A transport is lost once.");
        try
        {
            _protocol.ConnectionLost(error);
        }
        catch (Exception e)
        {
            Report("The protocol's ConnectionLost threw an exception.", e);
        }

        State = TransportState.Lost;
        Release();
    }

    private sealed class OpenItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((SystemTransport)first!).Open();
    }

    private sealed class LoseItem : WorkItem
    {
        internal override void Execute(object? first, object? second) =>
            ((SystemTransport)first!).CompleteLoss((Exception?)second);
    }
}

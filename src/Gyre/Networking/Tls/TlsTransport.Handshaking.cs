using System.Diagnostics;

namespace Gyre;

internal sealed partial class TlsTransport
{
    private readonly Future<TlsTransport> _opened;
    private readonly CancellationTokenSource _handshakeLimit = new();
    private TimerHandle? _handshakeTimer;
    private bool _made;
    private bool _resumesProtocol;

    /// <summary>This transport when the handshake has succeeded, or why it failed.</summary>
    /// <remarks>Cancelling it resets the connection. Closing the transport during the handshake cancels it. A protocol
    /// that has not heard <c>ConnectionMade</c> hears nothing of a failure.</remarks>
    public Future<TlsTransport> Opened => _opened;

    /// <summary>Starts TLS over a transport that stands.</summary>
    /// <param name="lower">It becomes this transport's own; its protocol is replaced.</param>
    /// <param name="setup">The side, its options and its protocol.</param>
    /// <returns>The transport, in its handshake: see <see cref="Opened"/>. What is written to it meanwhile is sent
    /// behind it.</returns>
    public static TlsTransport Start(Transport lower, TlsSetup setup)
    {
        TlsSetup.CheckTimeout(setup.HandshakeTimeout, nameof(setup.HandshakeTimeout));
        TlsSetup.CheckTimeout(setup.ShutdownTimeout, nameof(setup.ShutdownTimeout));
        var transport = new TlsTransport(lower, setup);
        lower.Upper = transport;
        transport.StartHandshake();
        return transport;
    }

    private void StartHandshake()
    {
        // A protocol that was paused by the lower transport is resumed by this one, which is empty.
        _resumesProtocol = _made && _lower.IsWritingPaused;
        if (_lower.IsWritingPaused)
        {
            _cipher.PauseOutput();
        }

        _lower.Protocol = new LowerProtocol(this);
        _handshakeTimer = Loop.CallLater(_setup.HandshakeTimeout, OnHandshakeTimeout);
        _opened.AddCallback(new OpenedItem(this));
        _cipher.Feed(_setup.Received.Span);
        if (_lower.IsInputEnded)
        {
            _cipher.FeedEnd();
        }

        Task handshake = WithoutContext.Call(static self => self.AuthenticateAsync(), this);
        if (handshake.IsCompleted)
        {
            Queue(new HandshakeItem(this, handshake));
        }
        else
        {
            QueueWhenDone(handshake.ConfigureAwait(false).GetAwaiter(), new HandshakeItem(this, handshake));
        }

        _lower.ResumeReading();
    }

    /// <summary>The handshake; whatever is wrong with it, also with its options, is in the task.</summary>
    private async Task AuthenticateAsync() =>
        await _setup.Authenticate(_ssl, _handshakeLimit.Token).ConfigureAwait(false);

    private void OnHandshakeTimeout()
    {
        _error = new TimeoutException($"The TLS handshake with {_lower.RemoteEndPoint} did not end in time.");
        BreakHandshake();
    }

    /// <summary>This side has given up: nobody waits for the outcome, and nobody is told.</summary>
    private void StopHandshake()
    {
        _opened.Cancel();
        BreakHandshake();
    }

    /// <summary>Ends the handshake, whatever it waits for; it then fails in its own turn.</summary>
    private void BreakHandshake()
    {
        _handshakeLimit.Cancel();
        _cipher.Break(_error ?? ConnectionCut());
    }

    private void OnHandshakeDone(Task handshake)
    {
        Debug.Assert(_state == TlsState.Handshaking, "A handshake ends once, and nothing else ends it.");
        _handshakeTimer?.Cancel();
        if (handshake.Exception?.InnerException is { } error)
        {
            FailHandshake(_error ?? error);
            return;
        }

        if (handshake.IsCanceled || _opened.IsDone || _lowerLost)
        {
            FailHandshake(_error ?? ConnectionCut());
            return;
        }

        _state = TlsState.Open;
        _info = new TlsInfo(_ssl, _setup);
        if (!_made)
        {
            _made = true;
            Call(static (protocol, self) => protocol.ConnectionMade(self), nameof(Gyre.Protocol.ConnectionMade));
        }
        else if (_resumesProtocol)
        {
            Call(static (protocol, _) => protocol.ResumeWriting(), nameof(Gyre.Protocol.ResumeWriting));
        }

        _opened.TrySetResult(this);
        WriteMore();

        // In a turn behind that of whoever waits for the handshake, so that no byte comes before it has seen the
        // transport.
        QueueRead();
    }

    private void FailHandshake(Exception error)
    {
        // One that this side has given up is an abort.
        _error = _opened.IsCancelled ? null : error;
        _state = TlsState.Losing;
        _opened.TrySetException(error);
        if (_lowerLost)
        {
            FinishLoss();
            return;
        }

        // An orderly end, so that the alert which says what was wrong reaches the peer, unless that would take time.
        _lower.Close();
        if (_lower.WriteBufferSize > 0)
        {
            _lower.Abort();
        }
    }

    private sealed class HandshakeItem(TlsTransport tls, Task handshake) : WorkItem
    {
        internal override void Execute(object? first, object? second) => tls.OnHandshakeDone(handshake);
    }

    /// <summary>Whoever waited for the handshake was cancelled: nobody will use the connection.</summary>
    private sealed class OpenedItem(TlsTransport tls) : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            if (((Future)first!).IsCancelled)
            {
                tls.Abort();
            }
        }
    }
}

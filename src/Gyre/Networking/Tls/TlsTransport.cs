using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>A transport that encrypts: <see cref="SslStream"/> over any other transport, all on the loop's
/// thread.</summary>
// Handshaking ──▶ Open ──Close, the peer's end──▶ Flushing ──everything sent──▶ Losing ──the lower one is lost──▶ Lost
//      └───failure──▶ Lost    └────────────Abort, an error, a cut connection────────▶ Losing
//
// Invariant: the protocol hears ConnectionMade before anything else, and ConnectionLost, once, only after it.
internal sealed partial class TlsTransport : Transport
{
    private readonly Transport _lower;
    private readonly CipherStream _cipher;
    private readonly SslStream _ssl;
    private readonly Future<TlsTransport> _opened;
    private readonly CancellationTokenSource _handshakeLimit = new();
    private TimerHandle? _handshakeTimer;
    private Protocol _protocol;
    private TlsState _state;
    private Exception? _error;

    private TlsTransport(Transport lower, Protocol protocol)
        : base(lower.Loop)
    {
        _lower = lower;
        _protocol = protocol;
        _cipher = new CipherStream(lower);
        _ssl = new SslStream(_cipher, leaveInnerStreamOpen: true);
        _opened = Loop.CreateFuture<TlsTransport>();
        _onRead = new ReadItem(this);
        _onWritten = new WrittenItem(this);
    }

    private enum TlsState : byte
    {
        Handshaking,
        Open,
        Flushing,
        Losing,
        Lost,
    }

    public override Protocol Protocol
    {
        get => _protocol;
        set => _protocol = value ?? throw new ArgumentNullException(nameof(value));
    }

    public override bool IsClosing => _state >= TlsState.Flushing;

    public override EndPoint? LocalEndPoint => _lower.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => _lower.RemoteEndPoint;

    public override Socket? Socket => _lower.Socket;

    /// <summary>Starts TLS as a client over a transport that stands.</summary>
    /// <param name="lower">It becomes this transport's own; its protocol is replaced.</param>
    /// <param name="protocol">Hears ConnectionMade when the handshake has succeeded.</param>
    /// <param name="options">Must name the host.</param>
    /// <param name="handshakeTimeout">The limit for the handshake.</param>
    /// <returns>The transport, or why the handshake failed. The protocol hears nothing of a failure.</returns>
    /// <remarks>Cancelling the future resets the connection.</remarks>
    public static Future<TlsTransport> StartClient(
        Transport lower, Protocol protocol, SslClientAuthenticationOptions options, TimeSpan handshakeTimeout)
    {
        var transport = new TlsTransport(lower, protocol);
        transport.StartHandshake(token => transport._ssl.AuthenticateAsClientAsync(options, token), handshakeTimeout);
        return transport._opened;
    }

    public override void Close()
    {
        Loop.AssertOnLoop();
        if (!IsClosing)
        {
            _state = TlsState.Flushing;
            WriteMore();
        }
    }

    public override void Abort()
    {
        Loop.AssertOnLoop();
        Lose(null);
    }

    public override string ToString() => $"TLS {_lower}";

    private void StartHandshake(Func<CancellationToken, Task> authenticate, TimeSpan timeout)
    {
        _lower.Protocol = new LowerProtocol(this);
        _handshakeTimer = Loop.CallLater(timeout, OnHandshakeTimeout);
        _opened.AddCallback(new OpenedItem(this));
        Task handshake = authenticate(_handshakeLimit.Token);
        if (handshake.IsCompleted)
        {
            Loop.Ready.Enqueue(new HandshakeItem(this, handshake), null, null, null);
        }
        else
        {
            QueueWhenDone(handshake.ConfigureAwait(false).GetAwaiter(), new HandshakeItem(this, handshake));
        }

        _lower.ResumeReading();
    }

    private void OnHandshakeTimeout()
    {
        _error = new TimeoutException($"The TLS handshake with {_lower.RemoteEndPoint} did not end in time.");
        _handshakeLimit.Cancel();
    }

    private void OnHandshakeDone(Task handshake)
    {
        _handshakeTimer?.Cancel();
        if (handshake.Exception?.InnerException is { } error)
        {
            FailHandshake(_error ?? error);
            return;
        }

        if (handshake.IsCanceled || _state != TlsState.Handshaking)
        {
            FailHandshake(_error ?? ConnectionCut());
            return;
        }

        _state = TlsState.Open;
        Call(static (protocol, self) => protocol.ConnectionMade(self), nameof(Gyre.Protocol.ConnectionMade));
        _opened.TrySetResult(this);
        WriteMore();
        ReadMore();
    }

    private void FailHandshake(Exception error)
    {
        _state = TlsState.Lost;
        _lower.Abort();
        _opened.TrySetException(error);
        _ssl.Dispose();
    }

    /// <summary>Ends the connection; the last call of the protocol comes when the lower transport is lost.</summary>
    private void Lose(Exception? error)
    {
        if (_state >= TlsState.Losing)
        {
            return;
        }

        _error ??= error;
        if (_state == TlsState.Handshaking)
        {
            // The handshake ends with this error and reports it.
            _handshakeLimit.Cancel();
            return;
        }

        _state = TlsState.Losing;
        _lower.Abort();
    }

    private void OnLowerLost(Exception? error)
    {
        TlsState before = _state;
        _cipher.Break(error ?? ConnectionCut());
        if (before is TlsState.Handshaking or TlsState.Lost)
        {
            return;
        }

        _state = TlsState.Lost;
        Exception? reason = before == TlsState.Open ? _error ?? error ?? ConnectionCut() : _error ?? error;
        Call((protocol, _) => protocol.ConnectionLost(reason), nameof(Gyre.Protocol.ConnectionLost));
        _ssl.Dispose();
        _handshakeLimit.Dispose();
    }

    private IOException ConnectionCut() => new(
        $"The TLS connection with {_lower.RemoteEndPoint} was cut off: the peer did not say that it had ended. "
        + "What was received may be incomplete.");

    private void Call(Action<Protocol, Transport> call, string name)
    {
        try
        {
            call(_protocol, this);
        }
        catch (Exception e)
        {
            Loop.CallExceptionHandler(new ExceptionContext
            {
                Message = $"The protocol's {name} threw an exception.",
                Exception = e,
                Source = this,
            });
            Lose(e);
        }
    }

    /// <summary>Queues an item for when a BCL operation has ended, whatever thread it ends on.</summary>
    private void QueueWhenDone<TAwaiter>(TAwaiter awaiter, WorkItem item)
        where TAwaiter : ICriticalNotifyCompletion
    {
        EventLoop loop = Loop;
        awaiter.UnsafeOnCompleted(() =>
        {
            if (loop.IsOnLoopThread)
            {
                loop.Ready.Enqueue(item, null, null, null);
            }
            else
            {
                loop.TryPostThreadSafe(item, null, null);
            }
        });
    }

    /// <summary>The protocol of the lower transport: ciphertext in, and what becomes of the connection.</summary>
    private sealed class LowerProtocol(TlsTransport tls) : Protocol
    {
        public override void DataReceived(ReadOnlySpan<byte> data) => tls.OnCiphertext(data);

        public override bool EofReceived()
        {
            tls._cipher.FeedEnd();
            return true;
        }

        public override void ConnectionLost(Exception? error) => tls.OnLowerLost(error);

        public override void PauseWriting() => tls._cipher.PauseOutput();

        public override void ResumeWriting() => tls._cipher.ResumeOutput();
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
                tls.Lose(null);
                tls.Abort();
            }
        }
    }
}

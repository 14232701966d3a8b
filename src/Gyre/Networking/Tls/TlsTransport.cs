using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>A transport that encrypts: <see cref="SslStream"/> over any other transport, all on the loop's
/// thread.</summary>
// Handshaking ──▶ Open ──Close, the peer's end──▶ Flushing ──our end sent──▶ ShuttingDown ──the peer's end──▶ Losing
//      │           │                                 └──────timeout─────────────┴────────────────────────────▶ Losing
//      └──failure──┴──Abort, an error, a cut connection──▶ Losing ──the lower one is lost──▶ Lost
//
// Invariant: the protocol hears ConnectionMade before anything else, and ConnectionLost, once, only after it.
// Invariant: from Losing on the lower transport is closing. Only OnLowerLost leads to Lost.
internal sealed partial class TlsTransport : Transport
{
    private readonly Transport _lower;
    private readonly TlsSetup _setup;
    private readonly CipherStream _cipher;
    private readonly SslStream _ssl;

    // What the protocol is called in: the context in which TLS was started, as of any callback.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private Protocol _protocol;
    private TlsState _state;
    private TlsInfo? _info;
    private Exception? _error;
    private bool _lowerLost;

    private TlsTransport(Transport lower, TlsSetup setup)
        : base(lower.Loop)
    {
        _lower = lower;
        _setup = setup;
        _protocol = setup.Protocol;
        _made = !setup.CallsConnectionMade;
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
        ShuttingDown,
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

    public override TlsInfo? Tls => _info;

    internal override bool HasLostOutput => _hasLostOutput || _lower.HasLostOutput;

    public override void Close()
    {
        Loop.AssertOnLoop();
        if (_state == TlsState.Handshaking)
        {
            StopHandshake();
        }
        else if (_state == TlsState.Open)
        {
            _state = TlsState.Flushing;
            _shutdownTimer = Loop.CallLater(_setup.ShutdownTimeout, OnShutdownTimeout);
            WriteMore();
            QueueRead();
        }
    }

    public override void Abort()
    {
        Loop.AssertOnLoop();
        if (_state == TlsState.Handshaking)
        {
            StopHandshake();
        }
        else
        {
            Lose(null);
        }
    }

    public override string ToString() => $"TLS {_lower}";

    /// <summary>Ends the connection; the last call of the protocol comes when the lower transport is lost.</summary>
    private void Lose(Exception? error)
    {
        if (_state >= TlsState.Losing)
        {
            return;
        }

        Debug.Assert(_state != TlsState.Handshaking, "A handshake ends with its own failure.");
        _error ??= error;
        _state = TlsState.Losing;
        _hasLostOutput = WriteBufferSize > 0;
        _lower.Abort();
    }

    private void OnLowerLost(Exception? error)
    {
        TlsState before = _state;
        _lowerLost = true;
        _cipher.Break(error ?? ConnectionCut());
        if (before == TlsState.Handshaking)
        {
            // The handshake fails with this, in its own turn.
            return;
        }

        if (before is TlsState.Open or TlsState.Flushing)
        {
            _hasLostOutput = WriteBufferSize > 0;
            _error ??= error ?? ConnectionCut();
        }
        else if (before == TlsState.ShuttingDown && _lower.HasLostOutput)
        {
            // When all that was written had gone out, it makes no difference how the peer hung up.
            _error ??= error;
        }

        FinishLoss();
    }

    private void FinishLoss()
    {
        _state = TlsState.Lost;
        _shutdownTimer?.Cancel();
        if (_made)
        {
            Call(static (protocol, self) => protocol.ConnectionLost(self._error), nameof(Gyre.Protocol.ConnectionLost));
        }

        _ssl.Dispose();
        _handshakeLimit.Dispose();
    }

    private IOException ConnectionCut() => new(
        $"The TLS connection with {_lower.RemoteEndPoint} was cut off: the peer did not say that it had ended. "
        + "What was received may be incomplete.");

    private void Call(Action<Protocol, TlsTransport> call, string name)
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
        where TAwaiter : ICriticalNotifyCompletion =>
        awaiter.UnsafeOnCompleted(() =>
        {
            if (Loop.IsOnLoopThread)
            {
                Queue(item);
            }
            else
            {
                Loop.TryPostThreadSafe(item, null, null, _context);
            }
        });

    private void Queue(WorkItem item) => Loop.Ready.Enqueue(item, null, null, _context);

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
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling;

/// <summary>What the sockets of all backends have in common: who hears of what, and what may not be asked for
/// now.</summary>
/// <remarks>
/// Each direction goes through these states:
/// <code>
///   Idle ──start──▶ Armed ──ready──▶ Queued ──Execute──▶ Armed, or Idle when it ended
///    ▲                │                │
///    └──────stop──────┴──────stop──────┘   (Execute then finds no sink, and does nothing)
/// </code>
/// A direction is armed while it has a sink. Whether it is ready is the backend's business.
/// </remarks>
[DebuggerDisplay("{GetType().Name}: input {IsInputArmed}, output {IsOutputArmed}, closed {IsClosed}")]
internal abstract partial class BackendSocket : PollSocket
{
    protected BackendSocket(OperationLedger operations, AddressFamily family, ProtocolType protocol)
    {
        Operations = operations;
        Family = family;
        Protocol = protocol;
    }

    protected OperationLedger Operations { get; }

    protected AddressFamily Family { get; }

    protected ProtocolType Protocol { get; }

    /// <summary>Whether it is TCP, which is what a stream over IP is when no protocol is named.</summary>
    protected bool IsTcp => Family is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
        && Protocol is ProtocolType.Tcp or ProtocolType.Unspecified;

    protected IReceiveSink? ReceiveSink { get; private set; }

    /// <summary>The same object as <see cref="ReceiveSink"/>, when it brings its own buffers. Found out once,
    /// not for each message.</summary>
    protected IBufferedReceiveSink? BufferedSink { get; private set; }

    protected IAcceptSink? AcceptSink { get; private set; }

    protected ISendSink? SendSink { get; private set; }

    protected IConnectSink? ConnectSink { get; private set; }

    /// <summary>What the <see cref="SendSink"/> waits for, when it is a piece of a file.</summary>
    protected FilePiece? SendPiece { get; private set; }

    protected bool IsInputArmed => ReceiveSink is not null || AcceptSink is not null || DatagramSink is not null;

    protected bool IsOutputArmed => SendSink is not null || ConnectSink is not null;

    /// <summary>A failure that ended the connection. The system reports it once; the direction that did not
    /// get it would take the end for an orderly one.</summary>
    protected SocketError Failure { get; private set; }

    public sealed override void Connect(EndPoint remote, IConnectSink sink)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfOutputBusy();
        if (remote is DnsEndPoint)
        {
            throw new ArgumentException(
                "Resolve the name first, and connect to one of its addresses.", nameof(remote));
        }

        // A dual-mode socket takes IPv4 addresses in their IPv6 form; to another one they are unreachable.
        if (Family == AddressFamily.InterNetworkV6
            && remote is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } v4)
        {
            remote = new IPEndPoint(v4.Address.MapToIPv6(), v4.Port);
        }

        BeginConnect(remote);
        ConnectSink = sink;
        Operations.OnArmed();
    }

    public sealed override void StartAccepting(IAcceptSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfDatagram();
        ThrowIfInputBusy();
        BeginAccept();
        AcceptSink = sink;
        Operations.OnArmed();
    }

    public sealed override void StopAccepting()
    {
        if (AcceptSink is not null)
        {
            AcceptSink = null;
            Operations.OnDisarmed();
            EndAccept();
        }
    }

    public sealed override void StartReceiving(IReceiveSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfDatagram();
        ThrowIfInputBusy();
        BeginReceive();
        ReceiveSink = sink;
        BufferedSink = sink as IBufferedReceiveSink;
        Operations.OnArmed();
    }

    public sealed override void StopReceiving()
    {
        if (ReceiveSink is not null || DatagramSink is not null)
        {
            ReceiveSink = null;
            BufferedSink = null;
            DatagramSink = null;
            Operations.OnDisarmed();
            EndReceive();
        }
    }

    public sealed override void Send(ReadOnlyMemory<byte> data, ISendSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        ThrowIfDatagram();
        ThrowIfOutputBusy();
        if (data.IsEmpty)
        {
            throw new ArgumentException("There is nothing to send. Give one byte at least.", nameof(data));
        }

        BeginSend(data);
        SendSink = sink;
        Operations.OnArmed();
    }

    public sealed override void SendFile(SafeFileHandle file, long offset, long count, ISendSink sink)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(sink);
        FileTransmission.CheckRange(offset, count);
        ThrowIfClosed();
        ThrowIfDatagram();
        ThrowIfOutputBusy();
        if (!CanSendFiles)
        {
            base.SendFile(file, offset, count, sink);
        }

        BeginSendFile();
        SendPiece = new FilePiece(file, offset, (int)Math.Min(count, FileTransmission.CountMax));
        SendSink = sink;
        Operations.OnArmed();
    }

    public sealed override void StopSendingFile()
    {
        if (SendPiece is not null)
        {
            EndOutput();
        }
    }

    /// <summary>Makes the system connect, or begin to. Throws before anything is under way, or not at
    /// all.</summary>
    protected abstract void BeginConnect(EndPoint remote);

    /// <inheritdoc cref="BeginConnect"/>
    protected abstract void BeginAccept();

    /// <summary>Accepting was stopped.</summary>
    protected virtual void EndAccept()
    {
    }

    /// <inheritdoc cref="BeginConnect"/>
    protected abstract void BeginReceive();

    /// <summary>Receiving was stopped, or has ended.</summary>
    protected virtual void EndReceive()
    {
    }

    /// <inheritdoc cref="BeginConnect"/>
    protected abstract void BeginSend(ReadOnlyMemory<byte> data);

    /// <inheritdoc cref="BeginConnect"/>
    protected virtual void BeginSendFile()
    {
    }

    /// <summary>Stops both directions, as the first step of closing.</summary>
    protected void StopAll()
    {
        StopAccepting();
        StopReceiving();
        EndOutput();
        AssertInvariants();
    }

    /// <summary>The connect or the send ended, and its sink is called next.</summary>
    protected void EndOutput()
    {
        if (IsOutputArmed)
        {
            SendSink = null;
            SendPiece = null;
            ConnectSink = null;
            Operations.OnDisarmed();
        }
    }

    /// <summary>The input ended, orderly or with an error. Stops, and says so.</summary>
    protected void EndInput(IReceiveSink sink, SocketError error)
    {
        StopReceiving();
        if (error == SocketError.Success)
        {
            error = Failure;
        }

        if (error == SocketError.Success)
        {
            sink.OnEndOfInput();
            return;
        }

        Failure = error;
        sink.OnReceiveFailed(error);
    }

    /// <summary>Keeps what ended the connection, and names it where only its consequence is left to
    /// report.</summary>
    protected SocketError Explain(SocketError error)
    {
        if (error == SocketError.Shutdown && Failure != SocketError.Success)
        {
            return Failure;
        }

        if (error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.TimedOut
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
        {
            Failure = error;
        }

        return error;
    }

    /// <inheritdoc cref="OperationLedger.GetBuffer"/>
    protected Span<byte> GetBuffer(IBufferedReceiveSink sink, QueuedOperation operation) =>
        Operations.GetBuffer(sink, operation);

    protected void ThrowIfClosed() => ObjectDisposedException.ThrowIf(IsClosed, this);

    protected void ThrowIfOutputBusy()
    {
        if (IsOutputArmed)
        {
            ThrowOutputBusy();
        }
    }

    [Conditional("DEBUG")]
    protected void AssertInvariants()
    {
        Debug.Assert(ReceiveSink is null || AcceptSink is null, "A socket does not receive and accept.");
        Debug.Assert(
            DatagramSink is null || (IsDatagram && ReceiveSink is null && AcceptSink is null),
            "Datagrams and a stream do not mix.");
        Debug.Assert(SendSink is null || ConnectSink is null, "A socket does not send and connect at once.");
        Debug.Assert(BufferedSink is null || ReferenceEquals(BufferedSink, ReceiveSink), "Both are one sink.");
        Debug.Assert(!IsClosed || !(IsInputArmed || IsOutputArmed), "A closed socket has no sinks.");
    }

    // Apart, so that the check is small enough to be inlined into the hot path.
    private static void ThrowOutputBusy() =>
        throw new InvalidOperationException("The socket is already sending or connecting. Wait for its sink.");

    private void ThrowIfInputBusy()
    {
        if (IsInputArmed)
        {
            throw new InvalidOperationException(
                "The socket is already receiving or accepting. Stop that before you start again.");
        }
    }
}

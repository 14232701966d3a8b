using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A socket on io_uring: a descriptor, what its owner wants, and what the kernel was asked for.</summary>
/// <remarks>
/// Each direction has one request at the most:
/// <code>
///   None ──Settle, wanted──▶ under way ──its last completion──▶ None
///                             │    ▲
///                             └────┘ a completion that says "more"; Settle cancels what is not wanted
/// </code>
/// A start or a stop only changes what is wanted, and has the next poll call <see cref="Settle"/>. A closed
/// socket stays in the poller's table until it has no request: completions must find what they belong to.
/// </remarks>
internal sealed partial class UringSocket : DescriptorSocket
{
    private readonly UringPoller _poller;
    private bool _isInTable = true;

    private UringSocket(
        UringPoller poller, int descriptor, Socket? socket, AddressFamily family, ProtocolType protocol)
        : base(poller.Operations, poller.ReceiveMemory, descriptor, socket, family, protocol)
    {
        _poller = poller;
        Input = new InputOperation(this);
        Key = poller.Sockets.Add(this);
    }

    /// <summary>Whether it stands in the poller's list of sockets to settle.</summary>
    public bool IsUnsettled { get; set; }

    /// <summary>Whether it stands in the poller's list of sockets that may have urgent data.</summary>
    public bool IsUnchecked { get; set; }

    /// <summary>Whether the kernel has a request of this socket.</summary>
    public bool HasRequests => _inputRequest != InputRequest.None || _outputRequest != OutputRequest.None;

    public static UringSocket Attach(UringPoller poller, Socket socket) =>
        new(poller, TakeDescriptor(socket), socket, socket.AddressFamily,
            ProtocolOf(socket.SocketType, socket.ProtocolType))
        {
            IsDatagram = socket.SocketType == SocketType.Dgram,
        };

    public static UringSocket Create(
        UringPoller poller, AddressFamily family, SocketType type, ProtocolType protocol) =>
        new(poller, CreateDescriptor(family, type, protocol), null, family, ProtocolOf(type, protocol))
        {
            IsDatagram = type == SocketType.Dgram,
        };

    /// <summary>Brings the kernel into line with what is wanted.</summary>
    public void Settle()
    {
        if (!IsClosed)
        {
            SettleInput();
            SettleOutput();
        }
    }

    public override SocketError Shutdown(SocketShutdown how)
    {
        ThrowIfClosed();
        if (how == SocketShutdown.Receive)
        {
            return Errno.ToSocketError(-Libc.Shutdown(Descriptor, (int)how));
        }

        SettleStaged();
        _outputEnded = true;
        if (_backlog is not null)
        {
            _shutdownAfterBacklog = how;
            return SocketError.Success;
        }

        return Errno.ToSocketError(-Libc.Shutdown(Descriptor, (int)how));
    }

    public override void Close(bool abort)
    {
        if (IsClosed)
        {
            return;
        }

        StopAll();

        // Fact 3 of UringPoller. A backlog that is on its way keeps the connection until it has gone out, as the
        // kernel's own buffers do.
        if (_poller.CanFlush)
        {
            bool flush = IsStaged;
            if (_inputRequest != InputRequest.None)
            {
                _poller.AddInputCancel(this);
                flush = true;
            }

            if (_outputRequest != OutputRequest.None && (abort || _outputRequest != OutputRequest.Backlog))
            {
                _poller.AddOutputCancel(this);
                flush = true;
            }

            if (flush)
            {
                _poller.Flush();
            }

            SendBacklogBeforeClose(abort);
        }

        CloseDescriptor(abort);
        DropInput();
        RemoveIfOver();
    }

    /// <summary>The poller ends: what was not sent will not be. The peer must not take it for the whole.</summary>
    public void PrepareDispose()
    {
        if (_backlog is not null)
        {
            Close(abort: true);
        }
    }

    /// <summary>Leaves the poller's table when it is closed and no completion will come any more.</summary>
    private void RemoveIfOver()
    {
        if (IsClosed && !HasRequests && _isInTable)
        {
            _isInTable = false;
            _poller.Sockets.Remove(Key);
        }
    }

    [Conditional("DEBUG")]
    private void AssertRequestInvariants()
    {
        Debug.Assert(
            _backlog is null || _outputRequest is OutputRequest.None or OutputRequest.Room or OutputRequest.Backlog,
            "The backlog goes out first.");
        Debug.Assert(
            !IsInputReady || _inputRequest != InputRequest.Receive, "Input is received in one way at a time.");
    }
}

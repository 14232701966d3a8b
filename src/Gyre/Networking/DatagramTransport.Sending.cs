using System.Net;
using System.Net.Sockets;

namespace Gyre;

public sealed partial class DatagramTransport
{
    /// <summary>How many datagrams are sent in one turn. The rest comes with the next one, after others had
    /// theirs.</summary>
    private const int DatagramsPerTurnMax = 64;

    /// <summary>From this many sends into a closed endpoint on, somebody does not look whether it is closed.</summary>
    private const int LostSendsMax = 5;

    /// <summary>When a full Unix socket is tried again that this one is not connected to: the system does not tell
    /// when it has room.</summary>
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(1);

    private readonly DatagramQueue _output = new();
    private readonly AddressFamily _family;
    private readonly bool _isConnected;
    private WriteFlow _flow = new();
    private TimerHandle? _retry;
    private bool _sending;
    private bool _isReportingLoss;
    private int _lostSends;

    /// <summary>How many bytes wait to be taken by the system: those of the datagrams, and 8 for each. asyncio:
    /// <c>get_write_buffer_size</c>.</summary>
    public long WriteBufferSize => _output.Size;

    /// <summary>The marks that <see cref="SetWriteBufferLimits"/> set, in bytes. asyncio:
    /// <c>get_write_buffer_limits</c>.</summary>
    public (int Low, int High) WriteBufferLimits => (_flow.Low, _flow.High);

    /// <summary>Sets when the protocol is told to pause and to resume sending. asyncio:
    /// <c>set_write_buffer_limits</c>.</summary>
    /// <param name="high">The protocol is paused above this many unsent bytes. When null: four times
    /// <paramref name="low"/>, or 64 KiB. Zero pauses it while anything is unsent.</param>
    /// <param name="low">It is resumed at this many. When null: a quarter of <paramref name="high"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not: high ≥ low ≥ 0.</exception>
    public void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        Loop.AssertOnLoop();
        _flow.SetLimits(high, low);
        OnOutputGrown();
    }

    /// <summary>Sends a datagram, without waiting. asyncio: <c>sendto</c>.</summary>
    /// <param name="data">The whole datagram; it may be empty. What the system does not take at once is copied: the
    /// memory is the caller's again.</param>
    /// <param name="remote">Where to. Null for <see cref="RemoteEndPoint"/>.</param>
    /// <remarks>Datagrams are sent in the order of the calls. One that cannot be sent is reported to
    /// <c>ErrorReceived</c>, from inside this call or later. On an endpoint that is closing they are dropped. Watch
    /// <c>PauseWriting</c>: a sender that does not is limited by nothing but memory.</remarks>
    /// <exception cref="ArgumentException">The endpoint has a remote address, and <paramref name="remote"/> is
    /// another; or it is a name, or not of the socket's family.</exception>
    /// <exception cref="InvalidOperationException">Neither was an address given, nor has the endpoint
    /// one.</exception>
    public void SendTo(ReadOnlySpan<byte> data, EndPoint? remote = null)
    {
        Loop.AssertOnLoop();
        EndPoint? address = Address(remote);
        if (!CanSend())
        {
            return;
        }

        // What the protocol sends from inside ErrorReceived has a turn of its own: a protocol that sends again what cannot be
        // sent would go deeper with each try, until the stack is used up.
        if (_output.IsEmpty && !_isReportingLoss)
        {
            SocketError error = _socket.TrySendTo(data, address);
            if (error == SocketError.Success)
            {
                return;
            }

            if (error != SocketError.WouldBlock)
            {
                OnLost(error);
                return;
            }
        }

        _output.Append(data, address);
        StartSending();
        OnOutputGrown();
    }

    /// <inheritdoc cref="SendTo(ReadOnlySpan{byte}, EndPoint?)"/>
    public void SendTo(ReadOnlyMemory<byte> data, EndPoint? remote = null) => SendTo(data.Span, remote);

    private void OnSent(SocketError error)
    {
        _sending = false;
        if (_state >= State.Losing)
        {
            return;
        }

        EnterContext();
        if (error == SocketError.WouldBlock)
        {
            _retry = Loop.CallLater(s_retryDelay, Retry);
            return;
        }

        _output.RemoveFirst();
        if (error != SocketError.Success)
        {
            OnLost(error);
        }

        SendWhatFits();
        OnOutputShrunk();
        AssertInvariants();
    }

    private void Retry()
    {
        _retry = null;
        SendWhatFits();
        OnOutputShrunk();
    }

    /// <summary>Sends until the system is full, the output is empty, or this turn is over; then waits for more
    /// room.</summary>
    private void SendWhatFits()
    {
        // A call of the protocol may send more, or close the endpoint, which empties the output.
        for (int i = 0; i < DatagramsPerTurnMax && !_sending && !_output.IsEmpty; i++)
        {
            DatagramQueue.Datagram first = _output.First;
            SocketError error = _socket.TrySendTo(first.Data, first.Remote);
            if (error == SocketError.WouldBlock)
            {
                break;
            }

            _output.RemoveFirst();
            if (error != SocketError.Success)
            {
                OnLost(error);
            }
        }

        StartSending();
    }

    private void StartSending()
    {
        if (_sending || _retry is not null || _output.IsEmpty)
        {
            return;
        }

        DatagramQueue.Datagram first = _output.First;
        try
        {
            _socket.SendTo(first.Data, first.Remote, _sink);
            _sending = true;
        }
        catch (SocketException e)
        {
            Lose(e);
        }
    }

    /// <summary>A datagram was lost, sent or to be received.</summary>
    private void OnLost(SocketError error)
    {
        bool wasReporting = _isReportingLoss;
        _isReportingLoss = true;
        try
        {
            _protocol.ErrorReceived(new SocketException((int)error));
        }
        catch (Exception e)
        {
            Report("The protocol's ErrorReceived threw an exception.", e);
        }

        _isReportingLoss = wasReporting;
    }

    private void OnOutputGrown()
    {
        if (!_flow.MustPause(_output.Size))
        {
            return;
        }

        try
        {
            _protocol.PauseWriting();
        }
        catch (Exception e)
        {
            Report("The protocol's PauseWriting threw an exception.", e);
        }
    }

    private void OnOutputShrunk()
    {
        if (_flow.MustResume(_output.Size))
        {
            try
            {
                // May send more, and close.
                _protocol.ResumeWriting();
            }
            catch (Exception e)
            {
                Report("The protocol's ResumeWriting threw an exception.", e);
            }
        }

        if (_output.IsEmpty && _state == State.Flushing)
        {
            Lose(null);
        }
    }

    /// <summary>Where a datagram goes; null to where the socket is connected.</summary>
    private EndPoint? Address(EndPoint? remote)
    {
        if (RemoteEndPoint is { } own)
        {
            return remote is null || remote.Equals(own)
                ? _isConnected ? null : own
                : throw new ArgumentException(
                    $"The endpoint sends to {own} only. Give that address, or none.", nameof(remote));
        }

        if (remote is null)
        {
            throw new InvalidOperationException(
                "The endpoint has no remote address. Give one to SendTo, or make the endpoint with one.");
        }

        bool isMapped = _family == AddressFamily.InterNetworkV6
            && remote.AddressFamily == AddressFamily.InterNetwork;
        return remote.AddressFamily == _family || isMapped
            ? remote
            : throw new ArgumentException(
                remote is DnsEndPoint
                    ? $"{remote} is a name. Resolve it first, and send to one of its addresses."
                    : $"The endpoint's addresses are of the family {_family}, and {remote} is not.",
                nameof(remote));
    }

    private bool CanSend()
    {
        if (!IsClosing)
        {
            return true;
        }

        if (++_lostSends == LostSendsMax)
        {
            RuntimeWarnings.Raise(
                $"{this} is closed, and {LostSendsMax} datagrams to it were dropped; stop when ConnectionLost is called");
        }

        return false;
    }
}

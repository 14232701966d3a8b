using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

public sealed partial class DatagramTransport
{
    private bool _receiving;
    private bool _readingPaused;

    /// <summary>Whether datagrams are being received. asyncio: <c>is_reading</c>.</summary>
    public bool IsReading => !IsClosing && !_readingPaused;

    private bool WantsInput => _state == State.Open && !_readingPaused;

    /// <summary>Stops receiving. The system keeps what arrives, as long as it has room, and drops the rest. asyncio:
    /// <c>pause_reading</c>.</summary>
    /// <remarks>Does nothing when it was called before, or the endpoint is closing.</remarks>
    public void PauseReading()
    {
        Loop.AssertOnLoop();
        if (IsReading)
        {
            _readingPaused = true;
            UpdateReceiving();
        }
    }

    /// <summary>Receives again. asyncio: <c>resume_reading</c>.</summary>
    /// <remarks>Does nothing when nothing was paused, or the endpoint is closing.</remarks>
    public void ResumeReading()
    {
        Loop.AssertOnLoop();
        if (!IsClosing && _readingPaused)
        {
            _readingPaused = false;
            UpdateReceiving();
        }
    }

    /// <summary>Starts or stops the socket's input, if what is wanted has changed.</summary>
    private void UpdateReceiving()
    {
        if (WantsInput == _receiving)
        {
            return;
        }

        if (_receiving)
        {
            _receiving = false;
            _socket.StopReceiving();
            return;
        }

        try
        {
            _socket.StartReceivingFrom(_sink);
            _receiving = true;
        }
        catch (SocketException e)
        {
            Lose(e);
        }
    }

    private void OnDatagram(ReadOnlySpan<byte> data, EndPoint from)
    {
        EnterContext();
        try
        {
            _protocol.DatagramReceived(data, from);
        }
        catch (Exception e)
        {
            Report("The protocol's DatagramReceived threw an exception.", e);
        }
    }

    private void OnReceiveFailed(SocketError error)
    {
        _receiving = false;
        Lose(new SocketException((int)error));
    }

    /// <summary>What the socket calls.</summary>
    private sealed class Sink(DatagramTransport transport) : IDatagramSink, ISendSink
    {
        public void OnDatagram(ReadOnlySpan<byte> data, EndPoint from) => transport.OnDatagram(data, from);

        public void OnDatagramFailed(SocketError error)
        {
            transport.EnterContext();
            transport.OnLost(error);
        }

        public void OnReceiveFailed(SocketError error) => transport.OnReceiveFailed(error);

        public void OnSent(int count, SocketError error) => transport.OnSent(error);
    }
}

using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

internal sealed partial class SocketTransport
{
    private BufferedSink? _bufferedSink;
    private ReadingSink? _readingSink;
    private bool _receiving;
    private bool _readingPaused;
    private bool _inputEnded;

    public override bool IsReading => !IsClosing && !_readingPaused;

    internal override bool IsInputEnded => _inputEnded;

    private bool WantsInput => State == TransportState.Open && !_readingPaused && !_inputEnded;

    public override void PauseReading()
    {
        Loop.AssertOnLoop();
        if (IsReading)
        {
            _readingPaused = true;
            UpdateReceiving();
        }
    }

    public override void ResumeReading()
    {
        Loop.AssertOnLoop();
        if (!IsClosing && _readingPaused)
        {
            _readingPaused = false;
            UpdateReceiving();
        }
    }

    void IReceiveSink.OnReceived(ReadOnlySpan<byte> data)
    {
        EnterContext();
        try
        {
            Protocol.DataReceived(data);
        }
        catch (Exception e)
        {
            Fail("The protocol's DataReceived threw an exception.", e);
        }
    }

    // The protocol itself is somebody else's: nothing but its type can be read.
    int IReceiveSink.LoadAhead() => LoadOutput() + (Protocol is ReadingProtocol ? 1 : 0);

    void IReceiveSink.OnEndOfInput() => OnEndOfInput();

    void IReceiveSink.OnReceiveFailed(SocketError error) => OnReceiveFailed(error);

    private void OnEndOfInput()
    {
        _receiving = false;
        _inputEnded = true;
        EnterContext();
        bool keepOpen;
        try
        {
            keepOpen = Protocol.EofReceived();
        }
        catch (Exception e)
        {
            Fail("The protocol's EofReceived threw an exception.", e);
            return;
        }

        if (!keepOpen)
        {
            Close();
        }
    }

    private void OnReceiveFailed(SocketError error)
    {
        _receiving = false;
        Fail(error);
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
            _socket.StartReceiving(SinkOfProtocol());
            _receiving = true;
        }
        catch (SocketException e)
        {
            Fail(e.SocketErrorCode);
        }
    }

    private IReceiveSink SinkOfProtocol()
    {
        switch (Protocol)
        {
            case BufferedProtocol buffered:
                return _bufferedSink?.Protocol == buffered
                    ? _bufferedSink
                    : _bufferedSink = new BufferedSink(this, buffered);
            case ReadingProtocol reading:
                return _readingSink?.Protocol == reading
                    ? _readingSink
                    : _readingSink = new ReadingSink(this, reading);
            default:
                return this;
        }
    }

    /// <summary>A protocol was replaced: the sink depends on its kind.</summary>
    private void RestartReceiving()
    {
        if (_receiving)
        {
            _receiving = false;
            _socket.StopReceiving();
            UpdateReceiving();
        }
    }

    /// <summary>The sink of a protocol that brings its own buffers. Bytes go to the one whose buffer they are in,
    /// also when
    /// it was replaced in the meantime.</summary>
    private sealed class BufferedSink(SocketTransport transport, BufferedProtocol protocol) : IBufferedReceiveSink
    {
        // A sink must return something; after a failure nothing is received into it.
        private static readonly byte[] s_nothing = new byte[1];

        public BufferedProtocol Protocol => protocol;

        public Memory<byte> GetReceiveBuffer(int sizeHint)
        {
            transport.EnterContext();
            try
            {
                Memory<byte> buffer = protocol.GetBuffer(sizeHint);
                return buffer.IsEmpty ? throw BufferedProtocol.EmptyBuffer() : buffer;
            }
            catch (Exception e)
            {
                transport.Fail("The protocol's GetBuffer threw an exception.", e);
                return s_nothing;
            }
        }

        public void OnReceived(int count)
        {
            transport.EnterContext();
            try
            {
                protocol.BufferUpdated(count);
            }
            catch (Exception e)
            {
                transport.Fail("The protocol's BufferUpdated threw an exception.", e);
            }
        }

        public void OnReceived(ReadOnlySpan<byte> data) => ((IReceiveSink)transport).OnReceived(data);

        public void OnEndOfInput() => transport.OnEndOfInput();

        public void OnReceiveFailed(SocketError error) => transport.OnReceiveFailed(error);
    }
}

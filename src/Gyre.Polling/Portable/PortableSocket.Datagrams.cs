using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

// Datagrams: the wait for input looks at the next one without taking it, and a receive that does not wait takes
// it. Its buffer is larger than any datagram that is received, so one that fills it was cut off.
internal sealed partial class PortableSocket
{
    private DatagramAddresses? _addresses;
    private PortableRequest? _sendTo;

    // Of a send whose outcome is known, and not told yet.
    private SocketError _sendToError;
    private ReadOnlyMemory<byte> _sendToData;
    private bool _sendToIsOver;
    private bool _hasSent;

    private DatagramAddresses Addresses => _addresses ??= new DatagramAddresses(Family);

    protected override void BeginReceiveFrom()
    {
        if (OperatingSystem.IsWindows() && _socket.LocalEndPoint is null && Family != AddressFamily.Unix)
        {
            // Elsewhere the first send does it, and until then nothing comes.
            _socket.Bind(new IPEndPoint(Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        }

        BeginReceive();
    }

    protected override SocketError TrySendDatagram(ReadOnlySpan<byte> data, EndPoint? remote)
    {
        if (remote is null)
        {
            _ = _socket.Send(data, SocketFlags.None, out SocketError error);
            return error;
        }

        try
        {
            // Only the first of the two has the BCL learn that the system has bound the socket.
            _ = _hasSent
                ? _socket.SendTo(data, SocketFlags.None, Addresses.Of(remote))
                : _socket.SendTo(data, SocketFlags.None, remote);
            _hasSent = true;
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    protected override void BeginSendTo(ReadOnlyMemory<byte> data, EndPoint? remote)
    {
        _sendToData = data;
        _sendToIsOver = false;
        if (CannotWaitFor(remote))
        {
            // The BCL would wait for ever.
            _sendToError = TrySendDatagram(data.Span, remote);
            _sendToIsOver = true;
            Operations.ExecuteAgain(_output);
            return;
        }

        PortableRequest request = remote is null
            ? _send ??= NewRequest(PortableRequestKind.Send)
            : _sendTo ??= NewRequest(PortableRequestKind.SendTo);

        // The BCL only reads what it sends.
        request.SetBuffer(MemoryMarshal.AsMemory(data));
        request.RemoteEndPoint = remote;
        if (request.Begin(_socket))
        {
            OnSendToEnded(request);
            Operations.ExecuteAgain(_output);
        }
    }

    private void OnSendToEnded(PortableRequest request)
    {
        _sendToError = request.SocketError;
        _sendToIsOver = true;

        // The memory is the caller's again.
        request.SetBuffer(Memory<byte>.Empty);
    }

    private void ReceiveDatagram(IDatagramSink sink)
    {
        Span<byte> buffer = _poller.DatagramBuffer;
        EndPoint from = NativeAddress.Unnamed;
        SocketError error = _inputError;
        int count = 0;

        // A look at one byte of a longer datagram is an error on Windows.
        if (error is SocketError.Success or SocketError.MessageSize)
        {
            count = TakeDatagram(buffer, out from, out error);
        }

        // The next one is asked for before the sink hears of this one: it may stop, start again, close, or throw.
        WaitForInput();
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success)
        {
            FailDatagram(sink, error);
        }
        else if (count == buffer.Length)
        {
            sink.OnDatagramFailed(SocketError.MessageSize);
        }
        else
        {
            sink.OnDatagram(buffer[..count], from);
        }
    }

    private int TakeDatagram(Span<byte> buffer, out EndPoint from, out SocketError error)
    {
        if (_isConnection && RemoteEndPoint is { } connected)
        {
            from = connected;
            return _socket.Receive(buffer, SocketFlags.None, out error);
        }

        from = NativeAddress.Unnamed;
        error = SocketError.Success;
        try
        {
            int count = _socket.ReceiveFrom(buffer, SocketFlags.None, Addresses.Room);
            from = Addresses.From();
            return count;
        }
        catch (SocketException e)
        {
            error = e.SocketErrorCode;
            return 0;
        }
    }

    private void ExecuteSendTo(ISendSink sink)
    {
        if (!_sendToIsOver)
        {
            return;
        }

        SocketError error = _sendToError;
        int length = error == SocketError.Success ? _sendToData.Length : 0;
        _sendToData = default;
        EndOutput();
        sink.OnSent(length, error);
    }
}

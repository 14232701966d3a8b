using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>A watch of a socket of the BCL.</summary>
internal sealed class PortableWatch : BackendWatch
{
    private readonly PortablePoller _poller;
    private readonly WeakReference<Socket> _socket;

    public PortableWatch(PortablePoller poller, Socket socket)
        : base(poller.Operations)
    {
        _poller = poller;
        _socket = new WeakReference<Socket>(socket);
    }

    /// <summary>The socket, while somebody waits for it.</summary>
    public Socket? Held { get; private set; }

    public override void Update()
    {
        if (!IsArmed)
        {
            Held = null;
            _poller.Selector.Remove(this);
        }
        else if (Held is null && _socket.TryGetTarget(out Socket? socket))
        {
            Held = socket;
            _poller.Selector.Add(this);
        }
    }

    public void OnSelected(bool input, bool output, IReadyQueue ready)
    {
        if (input)
        {
            MayHaveInput = true;
            Input.OnReady(ready);
        }

        if (output)
        {
            Output.OnReady(ready);
        }
    }

    public override int TryReceive(Socket socket, Span<byte> buffer, out SocketError error)
    {
        if (!MayHaveInput)
        {
            error = SocketError.WouldBlock;
            return 0;
        }

        int count = socket.Receive(buffer, SocketFlags.None, out error);
        if (error == SocketError.WouldBlock || (count > 0 && count < buffer.Length))
        {
            // A wait looks at the socket anew, so nothing is missed when more is left.
            MayHaveInput = false;
        }

        return error == SocketError.Success ? count : 0;
    }

    public override int TrySend(Socket socket, ReadOnlySpan<byte> data, out SocketError error)
    {
        int count = socket.Send(data, SocketFlags.None, out error);
        if (count > 0)
        {
            error = SocketError.Success;
        }

        return error == SocketError.Success ? count : 0;
    }

    public override int TryReceiveFrom(Socket socket, Span<byte> buffer, out EndPoint? from, out SocketError error)
    {
        from = null;

        // Asked first, because a receive that finds nothing is an exception of the BCL.
        if (!socket.Poll(0, SelectMode.SelectRead))
        {
            error = SocketError.WouldBlock;
            return 0;
        }

        try
        {
            if (socket.SocketType == SocketType.Stream)
            {
                return socket.Receive(buffer, SocketFlags.None, out error);
            }

            EndPoint sender = socket.AddressFamily switch
            {
                AddressFamily.InterNetwork => new IPEndPoint(IPAddress.Any, 0),
                AddressFamily.InterNetworkV6 => new IPEndPoint(IPAddress.IPv6Any, 0),
                _ => new UnixDomainSocketEndPoint("/"),
            };
            int count = socket.ReceiveFrom(buffer, SocketFlags.None, ref sender);
            from = sender;
            error = SocketError.Success;
            return count;
        }
        catch (SocketException e)
        {
            error = e.SocketErrorCode;
            return 0;
        }
    }

    public override int TrySendTo(Socket socket, ReadOnlySpan<byte> data, EndPoint to, out SocketError error)
    {
        try
        {
            error = SocketError.Success;
            return socket.SendTo(data, SocketFlags.None, to);
        }
        catch (SocketException e)
        {
            error = e.SocketErrorCode;
            return 0;
        }
    }

    public override SocketError TryConnect(Socket socket, EndPoint remote) => ConnectThroughSocket(socket, remote);
}

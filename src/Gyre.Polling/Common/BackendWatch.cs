using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>What the watches of all backends have in common: their two directions, and what is known of the
/// input.</summary>
[DebuggerDisplay("{GetType().Name}: input {InputSink}, output {OutputSink}")]
internal abstract class BackendWatch : PollWatch
{
    protected BackendWatch(OperationLedger operations)
    {
        Operations = operations;
        Input = new WatchOperation(this);
        Output = new WatchOperation(this);
    }

    public OperationLedger Operations { get; }

    public sealed override IWatchSink? InputSink => Input.Sink;

    public sealed override IWatchSink? OutputSink => Output.Sink;

    public bool IsArmed => Input.Sink is not null || Output.Sink is not null;

    protected WatchOperation Input { get; }

    protected WatchOperation Output { get; }

    /// <summary>False from a receive that proved the socket empty until the system reports input again: an attempt
    /// would be a system call for nothing.</summary>
    protected bool MayHaveInput { get; set; } = true;

    public sealed override void WatchInput(IWatchSink sink) => Start(Input, sink, once: false);

    public sealed override void WatchOutput(IWatchSink sink) => Start(Output, sink, once: false);

    public sealed override void WaitForInput(IWatchSink sink) => Start(Input, sink, once: true);

    public sealed override void WaitForOutput(IWatchSink sink) => Start(Output, sink, once: true);

    public sealed override bool StopInput() => Stop(Input);

    public sealed override bool StopOutput() => Stop(Output);

    public sealed override Socket? TryAccept(Socket listener, out SocketError error)
    {
        // Asked first, because an accept that finds nothing is an exception of the BCL.
        if (!listener.Poll(0, SelectMode.SelectRead))
        {
            error = (int)listener.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! == 0
                ? SocketError.InvalidArgument
                : SocketError.WouldBlock;
            return null;
        }

        try
        {
            Socket connection = listener.Accept();
            connection.Blocking = false;
            error = SocketError.Success;
            return connection;
        }
        catch (SocketException e)
        {
            // Somebody else was faster, or the connection is gone; the listener is well.
            error = e.SocketErrorCode is SocketError.Interrupted or SocketError.ConnectionAborted
                or SocketError.ConnectionReset ? SocketError.WouldBlock : e.SocketErrorCode;
            return null;
        }
    }

    public sealed override SocketError FinishConnect(Socket socket, EndPoint remote)
    {
        int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0)
        {
            return (SocketError)error;
        }

        // The BCL's socket does not know of the connection. A second connect that finds it standing returns
        // success, once, or says that it is there: so the BCL learns of it.
        SocketError result = ConnectThroughSocket(socket, remote);
        return result switch
        {
            SocketError.IsConnected => SocketError.Success,
            SocketError.AlreadyInProgress => SocketError.InProgress,
            _ => result,
        };
    }

    /// <summary>Brings the system into line with the two directions.</summary>
    public abstract void Update();

    /// <summary>Connects by way of the BCL.</summary>
    protected static SocketError ConnectThroughSocket(Socket socket, EndPoint remote)
    {
        try
        {
            socket.Connect(remote);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.WouldBlock && socket.AddressFamily != AddressFamily.Unix
                ? SocketError.InProgress
                : e.SocketErrorCode;
        }
    }

    /// <summary>A wait begins, or each poll is to tell.</summary>
    protected virtual void OnStarting(bool once)
    {
    }

    private void Start(WatchOperation direction, IWatchSink sink, bool once)
    {
        ArgumentNullException.ThrowIfNull(sink);
        OnStarting(once);
        direction.Start(sink, once);
        try
        {
            Update();
        }
        catch
        {
            direction.Stop();
            throw;
        }
    }

    private bool Stop(WatchOperation direction)
    {
        if (!direction.Stop())
        {
            return false;
        }

        Update();
        return true;
    }
}

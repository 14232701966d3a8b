using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>Connects to one of several addresses: the first connection that stands wins.</summary>
/// <remarks>Loop thread only. RFC 8305, section 5: the next attempt starts when one has failed, or when the
/// delay is over and none has succeeded.</remarks>
internal sealed class ConnectRace(EventLoop loop, IReadOnlyList<EndPoint> remotes, ConnectionOptions options)
{
    private readonly List<Attempt> _attempts = [];
    private readonly WaitFuture _done = new(loop);
    private int _next;
    private TimerHandle? _timer;

    /// <summary>Why the attempts failed, in the order in which they did.</summary>
    public List<SocketException> Errors { get; } = [];

    /// <summary>The connected socket. Null when every address failed: then see <see cref="Errors"/>.</summary>
    public PollSocket? Winner { get; private set; }

    /// <summary>Runs the race.</summary>
    /// <remarks>On cancel: every socket is closed.</remarks>
    public async Coroutine RunAsync()
    {
        bool delivered = false;
        try
        {
            StartNext();
            await _done;
            delivered = true;
        }
        finally
        {
            _timer?.Cancel();
            _attempts.ForEach(static attempt => attempt.Close());
            if (!delivered)
            {
                // It won in the moment in which the waiter was cancelled.
                Winner?.Close(abort: true);
            }
        }
    }

    /// <summary>Starts attempts until one is under way, or there are no more.</summary>
    private void StartNext()
    {
        _timer?.Cancel();
        _timer = null;
        while (_next < remotes.Count)
        {
            if (!TryStart(remotes[_next++]))
            {
                continue;
            }

            if (_next < remotes.Count && options.HappyEyeballsDelay is { } delay)
            {
                _timer = loop.CallLater(delay, StartNext);
            }

            return;
        }

        if (_attempts.Count == 0)
        {
            _done.Release();
        }
    }

    private bool TryStart(EndPoint remote)
    {
        PollSocket? socket = null;
        try
        {
            ProtocolType protocol = remote is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
            socket = loop.Poller.CreateSocket(remote.AddressFamily, SocketType.Stream, protocol);
            if (options.LocalEndPoint is { } local)
            {
                socket.Socket.Bind(local);
            }

            var attempt = new Attempt(this, socket, remote);
            socket.Connect(remote, attempt);
            _attempts.Add(attempt);
            return true;
        }
        catch (SocketException e)
        {
            socket?.Close(abort: false);
            Errors.Add(e);
            return false;
        }
        catch
        {
            // Not the network's fault: an address that makes no sense.
            socket?.Close(abort: false);
            throw;
        }
    }

    private void OnConnected(Attempt attempt, SocketError error)
    {
        _attempts.Remove(attempt);
        if (error != SocketError.Success)
        {
            attempt.Close();
            Errors.Add(new SocketException((int)error));
            StartNext();
            return;
        }

        if (Winner is not null)
        {
            // Two connections stood in the same iteration.
            attempt.Close();
            return;
        }

        Winner = attempt.Socket;
        _timer?.Cancel();
        _next = remotes.Count;
        _done.Release();
    }

    private sealed class Attempt(ConnectRace race, PollSocket socket, EndPoint remote) : IConnectSink
    {
        public PollSocket Socket => socket;

        public void OnConnected(SocketError error) => race.OnConnected(this, error);

        public void Close() => socket.Close(abort: true);

        public override string ToString() => $"attempt to connect to {remote}";
    }
}

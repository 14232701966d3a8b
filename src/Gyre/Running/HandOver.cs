using System.Net.Sockets;

namespace Gyre;

/// <summary>A listening socket whose connections go to other loops.</summary>
/// <remarks>The connections must not belong to the poller of the loop that accepts, so the BCL accepts. Loop thread
/// only.</remarks>
internal sealed class HandOver
{
    private readonly EventLoop _loop;
    private readonly Socket _socket;
    private readonly Action<Socket> _give;
    private readonly AcceptFailures _failures;
    private TimerHandle? _retry;
    private bool _closed;

    public HandOver(EventLoop loop, Socket socket, Action<Socket> give)
    {
        _loop = loop;
        _socket = socket;
        _give = give;
        _failures = new AcceptFailures(loop, this);
    }

    public void Start(int backlog)
    {
        _failures.Prepare(new SocketException((int)SocketError.TooManyOpenSockets));
        _socket.Listen(backlog);
        Accept();
    }

    public void Close()
    {
        _closed = true;
        _retry?.Cancel();
        _failures.Close();
        _socket.Dispose();
    }

    private void Accept()
    {
        if (!AcceptFailures.MayAccept)
        {
            _retry = _failures.Retry(Accept);
            _failures.Report(new SocketException((int)SocketError.TooManyOpenSockets));
            return;
        }

        // Ends on a thread of the pool; this one takes it from there.
        _socket.AcceptAsync().ContinueWith(
            task =>
            {
                if (!_loop.TryPostThreadSafe(new AcceptedItem(this, task), null, null))
                {
                    Drop(task);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private static void Drop(Task<Socket> accepted)
    {
        if (accepted.IsCompletedSuccessfully)
        {
            accepted.Result.Dispose();
        }
        else
        {
            // Seen, so that it is not reported as unobserved.
            _ = accepted.Exception;
        }
    }

    private void OnAccepted(Task<Socket> accepted)
    {
        if (_closed)
        {
            Drop(accepted);
        }
        else if (accepted.IsCompletedSuccessfully)
        {
            Socket connection = accepted.Result;
            Accept();
            _give(connection);
        }
        else
        {
            _retry = _failures.Retry(Accept);

            // Last: the handler may close the server.
            _failures.Report(accepted.Exception?.InnerException);
        }
    }

    private sealed class AcceptedItem(HandOver owner, Task<Socket> accepted) : WorkItem
    {
        internal override void Execute(object? first, object? second) => owner.OnAccepted(accepted);

        internal override void Abandon(object? first, object? second) => Drop(accepted);
    }
}

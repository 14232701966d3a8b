namespace Gyre;

/// <summary>What a loop offers for BCL streams over its connections.</summary>
public static class EventLoopStreamExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Connects to a host over TCP, and gives the connection as a BCL stream.</summary>
        /// <param name="host">A name or an address. All its addresses are tried.</param>
        /// <param name="port">1 to 65535.</param>
        /// <param name="options">How to connect; the defaults when null.</param>
        /// <param name="cancellationToken">Ends the attempt; no socket stays open.</param>
        /// <remarks>Any thread. The loop must be running. Suits <c>SocketsHttpHandler.ConnectCallback</c>.</remarks>
        /// <exception cref="InvalidOperationException">The loop is closed.</exception>
        /// <exception cref="System.Net.Sockets.SocketException">The host is not known, or the connection
        /// failed.</exception>
        public Task<Stream> OpenStreamThreadSafe(
            string host, int port, StreamConnectionOptions? options = null, CancellationToken cancellationToken = default)
        {
            ArgumentException.ThrowIfNullOrEmpty(host);
            var opening = new Opening(
                loop, () => StreamOpening.OpenAsync(loop, host, port, options), cancellationToken);
            return loop.TryPostThreadSafe(opening, null, null, ExecutionContext.Capture())
                ? opening.Outcome
                : throw new InvalidOperationException("The event loop is closed. Open the connection on another one.");
        }
    }

    /// <summary>A connection on its way to a thread outside.</summary>
    private sealed class Opening(
        EventLoop loop, Func<Coroutine<Connection>> connect, CancellationToken cancellationToken) : WorkItem
    {
        private readonly TaskCompletionSource<Stream> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Stream> Outcome => _outcome.Task;

        internal override void Execute(object? first, object? second) =>
            loop.CreateTask(connect(), cancellationToken: cancellationToken).AddDoneCallback(OnDone);

        internal override void Abandon(object? first, object? second) =>
            _outcome.TrySetException(new InvalidOperationException("The event loop was closed before it connected."));

        private void OnDone(LoopTask<Connection> task)
        {
            if (task.IsCancelled)
            {
                _outcome.TrySetCanceled(cancellationToken);
            }
            else if (task.Exception is { } error)
            {
                _outcome.TrySetException(error);
            }
            else
            {
                _outcome.TrySetResult(task.Result.AsStream());
            }
        }
    }
}

namespace Gyre;

/// <summary>Futures for BCL tasks and BCL tasks for futures.</summary>
public static class BclBridge
{
    extension(Future future)
    {
        /// <summary>A BCL task that ends as the future does. It may be awaited on any thread.</summary>
        /// <remarks>Any thread. Its continuations run on the thread pool or in their own context, never inside the
        /// loop's iteration (G-8). Counts as retrieving the future's error.</remarks>
        public Task AsTask() => Mirror<VoidResult>(future);
    }

    extension<T>(Future<T> future)
    {
        /// <inheritdoc cref="AsTask(Future)"/>
        public Task<T> AsTask() => Mirror<T>(future);
    }

    extension<T>(LoopTask<T> task)
    {
        /// <inheritdoc cref="AsTask(Future)"/>
        public Task<T> AsTask() => Mirror<T>(task);
    }

    extension(Coroutine coroutine)
    {
        /// <summary>Makes a task of the coroutine on the running loop, and a BCL task of that.</summary>
        /// <remarks>Loop thread only.</remarks>
        public Task AsTask() => EventLoop.Running.CreateTask(coroutine).AsTask();
    }

    extension<T>(Coroutine<T> coroutine)
    {
        /// <inheritdoc cref="AsTask(Coroutine)"/>
        public Task<T> AsTask() => EventLoop.Running.CreateTask(coroutine).AsTask();
    }

    /// <summary>A future of this loop that ends as a BCL task does. Cancelling it lets go of the task.</summary>
    internal static Future<T> Wrap<T>(EventLoop loop, Task<T> task) => Wrap(loop, task, static task => ((Task<T>)task).Result);

    /// <inheritdoc cref="Wrap{T}(EventLoop, Task{T})"/>
    internal static Future<VoidResult> Wrap(EventLoop loop, Task task) => Wrap(loop, task, static _ => default(VoidResult));

    /// <summary>Gets the next item for BCL code, which knows only <see cref="IAsyncEnumerator{T}"/>.</summary>
    /// <remarks>Plain code, and no BCL task of a task: so cancelling the task that enumerates reaches what is awaited
    /// here.</remarks>
    internal static async ValueTask<bool> MoveNextAsync(Coroutine<bool> move, CancellationToken token)
    {
        LoopTask<bool> task = EventLoop.Running.CreateTask(move, cancellationToken: token);
        try
        {
            return await task;
        }
        catch (CancelledException e) when (
            token.IsCancellationRequested && EventLoop.Running.CurrentTask?.Cancelling() is not > 0)
        {
            // It was the enumeration's own token, and not a request to the task that enumerates.
            throw new TaskCanceledException(e.Message, e, token);
        }
    }

    private static WrapFuture<T> Wrap<T>(EventLoop loop, Task task, Func<Task, T> result)
    {
        ArgumentNullException.ThrowIfNull(task);
        var future = new WrapFuture<T>(loop, result);

        // The continuation only queues; what waits for the future runs in its own turn.
        task.ContinueWith(
            (done, _) => loop.TryPostThreadSafe(future, done, null),
            null,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return future;
    }

    private static Task<T> Mirror<T>(Future future)
    {
        var mirror = new FutureMirror<T>(future);
        mirror.Begin();
        return mirror.Task;
    }

    private sealed class WrapFuture<T> : Future<T>
    {
        private readonly Func<Task, T> _result;
        private bool _holds = true;

        public WrapFuture(EventLoop loop, Func<Task, T> result)
            : base(loop)
        {
            _result = result;
            loop.ForeignWaits++;
        }

        public override bool Cancel(string? message = null)
        {
            LetGo();
            return base.Cancel(message);
        }

        /// <summary>The task has ended.</summary>
        internal override void Execute(object? first, object? second)
        {
            LetGo();
            var task = (Task)first!;
            if (IsDone)
            {
                // Let go of before. Its error, if it has one, is not looked at: the BCL reports what nobody observes.
                return;
            }

            if (task.IsCanceled)
            {
                Cancel();
            }
            else if (task.Exception is { } error)
            {
                TrySetException(error.InnerExceptions.Count == 1 ? error.InnerException! : error);
            }
            else
            {
                TrySetResult(_result(task));
            }
        }

        private void LetGo()
        {
            if (_holds)
            {
                _holds = false;
                Loop.ForeignWaits--;
            }
        }
    }
}

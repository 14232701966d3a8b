namespace Gyre;

/// <summary>Futures for BCL tasks and BCL tasks for futures.</summary>
public static class BclBridge
{
    extension(Future future)
    {
        /// <summary>A BCL task that ends as the future does. It may be awaited on any thread.</summary>
        /// <remarks>Any thread. Its continuations run on the thread pool or in their own context, never inside the loop's
        /// iteration. Counts as retrieving the future's error.</remarks>
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

    private static Future<T> Wrap<T>(EventLoop loop, Task task, Func<Task, T> result)
    {
        var future = new Future<T>(loop);
        loop.ExternalWaits++;
        var item = new WrapItem<T>(future, result);

        // The continuation only queues; what waits for the future runs in its own turn.
        task.ContinueWith(
            (done, _) => loop.TryPostThreadSafe(item, done, null),
            null,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return future;
    }

    private static Task<T> Mirror<T>(Future future)
    {
        var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var item = new MirrorItem<T>(source);
        if (future.Loop.IsOnLoopThread || !future.Loop.IsRunning)
        {
            future.AddCallback(item);
        }
        else if (!future.Loop.TryPostThreadSafe(AddItem.Instance, future, item))
        {
            throw new InvalidOperationException($"The loop of {future.Describe()} is closed.");
        }

        return source.Task;
    }

    private sealed class AddItem : WorkItem
    {
        public static readonly AddItem Instance = new();

        internal override void Execute(object? first, object? second) => ((Future)first!).AddCallback((WorkItem)second!);
    }

    private sealed class MirrorItem<T>(TaskCompletionSource<T> source) : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            var future = (Future)first!;
            if (future.IsCancelled)
            {
                source.TrySetCanceled();
            }
            else if (future.RetrieveError() is { } error)
            {
                source.TrySetException(error.SourceException);
            }
            else
            {
                source.TrySetResult(future is IFutureResult<T> typed ? typed.Result : default!);
            }
        }
    }

    private sealed class WrapItem<T>(Future<T> future, Func<Task, T> result) : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            future.Loop.ExternalWaits--;
            var task = (Task)first!;
            if (task.IsCanceled)
            {
                future.Cancel();
            }
            else if (task.Exception is { } error)
            {
                future.TrySetException(error.InnerExceptions.Count == 1 ? error.InnerException! : error);
            }
            else
            {
                future.TrySetResult(result(task));
            }
        }
    }
}

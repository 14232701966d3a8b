namespace Gyre;

/// <summary>Waiting for several futures, or for one with a limit.</summary>
internal static class Waiting
{
    public static async Coroutine<WaitResult<TFuture>> Wait<TFuture>(
        IEnumerable<TFuture> futures, TimeSpan? timeout, WhenDone returnWhen)
        where TFuture : Future
    {
        EventLoop loop = EventLoop.Running;
        TFuture[] all = [.. futures.Distinct<TFuture>(ReferenceEqualityComparer.Instance)];
        if (all.Length == 0)
        {
            throw new ArgumentException("There is nothing to wait for: give at least one future.", nameof(futures));
        }

        Array.ForEach(all, loop.CheckOwns);

        var waiter = new JoinFuture(loop, all);
        if (timeout is { } delay)
        {
            waiter.Start(delay);
        }

        var item = new WaitItem(waiter, all.Length, returnWhen);
        foreach (TFuture future in all)
        {
            future.AddCallback(item);
        }

        try
        {
            await waiter;
        }
        finally
        {
            waiter.Stop();
            foreach (TFuture future in all)
            {
                future.RemoveCallback(item);
            }
        }

        return new WaitResult<TFuture>(
            Array.FindAll(all, future => future.IsDone), Array.FindAll(all, future => !future.IsDone));
    }

    /// <summary>Requests that a future end, and waits until it has.</summary>
    public static async Coroutine CancelAndWait(Future future)
    {
        future.Cancel();
        await UntilDone(future);
    }

    /// <summary>Waits until a future is done. Its outcome stays with it.</summary>
    public static async Coroutine UntilDone(Future future)
    {
        var waiter = new JoinFuture(future.Loop, [future]);
        var item = new ReleaseItem(waiter);
        future.AddCallback(item);
        try
        {
            // Not the future itself: its own cancellation is not this task's.
            await waiter;
        }
        finally
        {
            future.RemoveCallback(item);
        }
    }

    public static async Coroutine<T> WaitFor<T>(Coroutine<T> coroutine, TimeSpan? timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            LoopTask<T> task = EventLoop.Running.CreateTask(coroutine);
            await CancelAndThrowIfCancelled(task);
            return task.Result;
        }

        return await TimeoutScope.Run(timeout, fromNow: true, _ => coroutine);
    }

    public static async Coroutine WaitFor(Coroutine coroutine, TimeSpan? timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            LoopTask task = EventLoop.Running.CreateTask(coroutine);
            await CancelAndThrowIfCancelled(task);
            task.ThrowIfNotSuccessful();
            return;
        }

        await TimeoutScope.Run(timeout, fromNow: true, _ => coroutine);
    }

    public static Coroutine WaitFor(Awaitable awaitable, TimeSpan? timeout)
    {
        awaitable.ThrowIfNone();
        return awaitable.Source switch
        {
            null or CoroutineBox => WaitFor(awaitable.ToCoroutine(), timeout),
            Future future => WaitFor(future, timeout),
            object task => WaitForTask((Task)task, timeout),
        };
    }

    public static async Coroutine WaitFor(Future future, TimeSpan? timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            await CancelAndThrowIfCancelled(future);
            future.ThrowIfNotSuccessful();
            return;
        }

        await TimeoutScope.Run(timeout, fromNow: true, async _ => await future);
    }

    /// <summary>Waits for the future that stands for a BCL task.</summary>
    // The future of a task that is done follows in a turn of its own. No limit may come in between.
    public static Coroutine WaitForWrapped(Future future, Task task, TimeSpan? timeout) =>
        WaitFor(future, task.IsCompleted ? null : timeout);

    private static async Coroutine WaitForTask(Task task, TimeSpan? timeout) =>
        await WaitForWrapped(BclBridge.Wrap(EventLoop.Running, task), task, timeout);

    private static async Coroutine CancelAndThrowIfCancelled(Future future)
    {
        if (future.IsDone)
        {
            return;
        }

        await CancelAndWait(future);
        if (future.IsCancelled)
        {
            throw new TimeoutException(TimeoutScope.TimedOut, future.TakeCancelledError().SourceException);
        }
    }

    private sealed class ReleaseItem(SleepFuture waiter) : WorkItem, IWaitLink
    {
        public void CollectAwaiters(ICollection<Future> awaiters) => waiter.CollectAwaiters(awaiters);

        internal override void Execute(object? first, object? second) => waiter.Release();
    }

    private sealed class WaitItem(SleepFuture waiter, int remaining, WhenDone returnWhen) : WorkItem, IWaitLink
    {
        private int _remaining = remaining;

        public void CollectAwaiters(ICollection<Future> awaiters) => waiter.CollectAwaiters(awaiters);

        internal override void Execute(object? first, object? second)
        {
            var future = (Future)first!;
            _remaining--;
            if (_remaining <= 0
                || returnWhen == WhenDone.First
                || (returnWhen == WhenDone.FirstException && future.IsFaulted))
            {
                waiter.Release();
            }
        }
    }
}

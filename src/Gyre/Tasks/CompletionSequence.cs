namespace Gyre;

/// <summary>Futures in the order in which they end: what <c>Aio.AsCompleted</c> returns.</summary>
/// <typeparam name="TFuture">The type of the futures. They are the ones that were given.</typeparam>
/// <remarks>Loop thread only. Enumerate it once, with <c>await foreach</c>. On cancel: nothing is lost; futures
/// that have not
/// been delivered run on. asyncio: <c>as_completed</c>.</remarks>
public sealed class CompletionSequence<TFuture> : IAsyncEnumerable<TFuture>
    where TFuture : Future
{
    private readonly EventLoop _loop;
    private readonly HashSet<TFuture> _todo;

    // Null stands for a future that was not done in time.
    private readonly Queue<TFuture?> _done = new();
    private readonly TimeoutTimer? _timer;
    private readonly Queue<SleepFuture> _waiters = new();
    private int _undelivered;

    internal CompletionSequence(EventLoop loop, IEnumerable<TFuture> futures, TimeSpan? timeout)
    {
        _loop = loop;
        _todo = new HashSet<TFuture>(ReferenceEqualityComparer.Instance);
        var item = new ChildItem(this);
        foreach (TFuture future in futures)
        {
            loop.CheckOwns(future);
            if (_todo.Add(future))
            {
                future.AddCallback(item);
            }
        }

        _undelivered = _todo.Count;
        if (timeout is { } delay && _undelivered > 0)
        {
            _timer = new TimeoutTimer(this, item);
            loop.AddTimer(_timer, EventLoop.AddTicks(loop.NowTicks, delay));
        }
    }

    /// <summary>The enumeration that <c>await foreach</c> in a coroutine uses.</summary>
    public CompletionEnumerator<TFuture> GetAsyncEnumerator() => new(this);

    IAsyncEnumerator<TFuture> IAsyncEnumerable<TFuture>.GetAsyncEnumerator(CancellationToken cancellationToken) =>
        new InterfaceEnumerator(GetAsyncEnumerator(), cancellationToken);

    internal async Coroutine<bool> MoveNextAsync(CompletionEnumerator<TFuture> enumerator)
    {
        if (_undelivered == 0)
        {
            return false;
        }

        _undelivered--;
        try
        {
            while (_done.Count == 0)
            {
                var waiter = new JoinFuture(_loop, _todo);
                _waiters.Enqueue(waiter);
                await waiter;
            }
        }
        catch
        {
            // Whoever asks next gets what this call will not deliver, and is woken in its place.
            _undelivered++;
            if (_done.Count > 0)
            {
                WakeNext();
            }

            throw;
        }

        enumerator.Set(_done.Dequeue() ?? throw new TimeoutException(TimeoutScope.TimedOut));
        return true;
    }

    private void OnDone(TFuture future)
    {
        if (!_todo.Remove(future))
        {
            return;
        }

        Deliver(future);
        if (_todo.Count == 0)
        {
            _timer?.CancelTimer();
        }
    }

    private void OnTimeout(WorkItem item)
    {
        foreach (TFuture future in _todo)
        {
            future.RemoveCallback(item);
            Deliver(null);
        }

        _todo.Clear();
    }

    private void Deliver(TFuture? future)
    {
        _done.Enqueue(future);
        WakeNext();
    }

    private void WakeNext()
    {
        while (_waiters.TryDequeue(out SleepFuture? waiter))
        {
            if (!waiter.IsDone)
            {
                waiter.Release();
                return;
            }
        }
    }

    private sealed class InterfaceEnumerator(CompletionEnumerator<TFuture> inner, CancellationToken cancellationToken)
        : IAsyncEnumerator<TFuture>
    {
        public TFuture Current => inner.Current;

        public ValueTask<bool> MoveNextAsync() => BclBridge.MoveNextAsync(inner.MoveNextAsync(), cancellationToken);

        public ValueTask DisposeAsync() => default;
    }

    private sealed class ChildItem(CompletionSequence<TFuture> sequence) : WorkItem, IWaitLink
    {
        public void CollectAwaiters(ICollection<Future> awaiters)
        {
            foreach (SleepFuture waiter in sequence._waiters)
            {
                waiter.CollectAwaiters(awaiters);
            }
        }

        internal override void Execute(object? first, object? second) => sequence.OnDone((TFuture)first!);
    }

    private sealed class TimeoutTimer(CompletionSequence<TFuture> sequence, WorkItem item) : LoopTimer(sequence._loop)
    {
        private protected override void Fire() => sequence.OnTimeout(item);
    }
}

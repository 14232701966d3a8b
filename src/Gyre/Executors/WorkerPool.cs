using System.Diagnostics;

namespace Gyre;

/// <summary>The threads of a <see cref="ThreadPoolExecutor"/> and the queue between them and the
/// callers.</summary>
/// <remarks>Everything here is under one lock, except running calls and joining threads.</remarks>
// Invariant: a call in the queue has an idle thread that was woken for it, or every thread is busy and there
// are as many as there may be. So no call waits while a thread could run it.
internal sealed class WorkerPool(int maxWorkers, string threadNamePrefix, Action? initializer)
{
    // A Monitor and not a Lock: workers wait on it.
    private readonly object _lock = new();
    private readonly LinkedList<ExecutorCall> _queue = new();
    private readonly List<Thread> _workers = [];
    private int _idle;
    private bool _stopped;
    private Exception? _brokenBy;

    public int MaxWorkers => maxWorkers;

    public int WorkerCount
    {
        get
        {
            lock (_lock)
            {
                return _workers.Count;
            }
        }
    }

    public int IdleCount
    {
        get
        {
            lock (_lock)
            {
                return _idle;
            }
        }
    }

    public int PendingCount
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    public void Enqueue(ExecutorCall call)
    {
        lock (_lock)
        {
            CheckOpen();
            call.Place = _queue.AddLast(call);
            if (_queue.Count <= _idle)
            {
                Monitor.Pulse(_lock);
            }
            else if (_workers.Count < maxWorkers)
            {
                StartWorker(call);
            }
        }
    }

    /// <summary>Takes a call out of the queue, if it is still there.</summary>
    public void Remove(ExecutorCall call)
    {
        lock (_lock)
        {
            Unlink(call);
        }
    }

    /// <summary>Takes no further calls. Threads end when the queue is empty.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            Monitor.PulseAll(_lock);
        }
    }

    public void CancelPending()
    {
        foreach (ExecutorCall call in TakeAll())
        {
            call.Cancel();
        }
    }

    public void CheckMayJoin()
    {
        lock (_lock)
        {
            if (_workers.Contains(Thread.CurrentThread))
            {
                throw new InvalidOperationException(
                    "A call of an executor cannot wait for the executor's end. Shut it down without waiting.");
            }
        }
    }

    /// <summary>Waits until every thread has ended.</summary>
    public void Join()
    {
        Thread[] workers;
        lock (_lock)
        {
            Debug.Assert(_stopped, "No thread is started any more.");
            workers = [.. _workers];
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        lock (_lock)
        {
            _workers.Clear();
        }
    }

    private void CheckOpen()
    {
        if (_brokenBy is { } cause)
        {
            throw Broken(cause);
        }

        if (_stopped)
        {
            throw new InvalidOperationException(
                "The executor was shut down and takes no further calls. Make a new one.");
        }
    }

    private void StartWorker(ExecutorCall call)
    {
        var worker = new Thread(Work) { IsBackground = true, Name = $"{threadNamePrefix}_{_workers.Count}" };
        try
        {
            // Without the context of whoever happens to need it first.
            worker.UnsafeStart();
        }
        catch (Exception) when (_workers.Count > 0)
        {
            // The machine has no room for a further thread. Those that there are will come to the call.
            return;
        }
        catch (Exception)
        {
            Unlink(call);
            throw;
        }

        _workers.Add(worker);
    }

    private void Work()
    {
        if (Initialize())
        {
            while (RunNext())
            {
            }
        }
    }

    // In a frame of its own: a thread that waits must not hold the call that it ran last, and through that
    // the executor.
    private bool RunNext()
    {
        ExecutorCall? call = Next();
        call?.Run();
        return call is not null;
    }

    /// <summary>Waits for a call. Null when the pool was stopped and there is none.</summary>
    private ExecutorCall? Next()
    {
        lock (_lock)
        {
            while (_queue.First is null)
            {
                if (_stopped)
                {
                    return null;
                }

                _idle++;
                Monitor.Wait(_lock);
                _idle--;
            }

            ExecutorCall call = _queue.First.Value;
            Unlink(call);
            return call;
        }
    }

    /// <summary>Runs the initializer. When it throws, nothing that needs it can be run: the pool is
    /// broken.</summary>
    private bool Initialize()
    {
        try
        {
            initializer?.Invoke();
            return true;
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _brokenBy ??= e;
                _stopped = true;
                Monitor.PulseAll(_lock);
            }

            foreach (ExecutorCall call in TakeAll())
            {
                call.Fail(Broken(e));
            }

            return false;
        }
    }

    private ExecutorCall[] TakeAll()
    {
        lock (_lock)
        {
            ExecutorCall[] calls = [.. _queue];
            foreach (ExecutorCall call in calls)
            {
                Unlink(call);
            }

            return calls;
        }
    }

    private void Unlink(ExecutorCall call)
    {
        if (call.Place is { } place)
        {
            _queue.Remove(place);
            call.Place = null;
        }
    }

    private static BrokenExecutorException Broken(Exception cause) =>
        new("The executor is broken: the initializer of one of its threads threw an exception.", cause);
}

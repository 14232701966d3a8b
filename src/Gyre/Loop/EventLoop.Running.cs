using System.Runtime.CompilerServices;
using Gyre.Polling;

namespace Gyre;

public sealed partial class EventLoop : IReadyQueue
{
    [ThreadStatic]
    private static EventLoop? t_running;

    private static readonly WorkItem s_pollOperation = new PollOperationItem();

    /// <summary>So many entries are run by one call of <see cref="RunReady"/>.</summary>
    // The runtime counts calls to see what is hot, and replaces code when it is called. With all the entries of a burst in
    // one call it would see a handful of calls, and run them in the code that it began with.
    private const int EntriesInRun = 256;

    private Thread? _thread;
    private bool _stopping;
    private bool _closed;

    /// <summary>Whether the loop is inside one of its <c>Run</c> methods.</summary>
    public bool IsRunning => Volatile.Read(ref _thread) is not null;

    /// <summary>Whether <see cref="Close"/> was called.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Whether the calling thread is the one that runs this loop.</summary>
    public bool IsOnLoopThread => t_running == this;

    /// <summary>How many iterations the loop has done.</summary>
    public long Iterations { get; private set; }

    /// <summary>The loop that runs on this thread. asyncio: <c>get_running_loop</c>.</summary>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static EventLoop Running => t_running ?? throw new InvalidOperationException(
        "No event loop runs on this thread. Call this from a coroutine or a callback of a running loop, "
        + "for example inside Aio.Run.");

    /// <summary>The loop that runs on this thread, or null.</summary>
    internal static EventLoop? RunningOrNull => t_running;

    /// <summary>Runs until <see cref="Stop"/> is called.</summary>
    /// <remarks>The calling thread becomes the loop's thread until this returns. When Stop was called before, one
    /// iteration is run that does not wait. asyncio: <c>run_forever</c>.</remarks>
    /// <exception cref="InvalidOperationException">The loop is closed or running, or this thread runs a
    /// loop.</exception>
    public void RunForever()
    {
        CheckCanRun();
        if (Interlocked.CompareExchange(ref _thread, Thread.CurrentThread, null) is not null)
        {
            throw RunningElsewhere();
        }

        // Where the caller has suppressed the flow of its context, the loop runs without that, and it is
        // suppressed again.
        bool suppressed = ExecutionContext.IsFlowSuppressed();
        if (suppressed)
        {
            ExecutionContext.RestoreFlow();
        }

        ExecutionContext outerContext = ExecutionContext.Capture()!;
        SynchronizationContext? outerSynchronization = SynchronizationContext.Current;
        t_running = this;
        TrampolineSlot = null;
        SynchronizationContext.SetSynchronizationContext(SynchronizationContext);
        try
        {
            do
            {
                RunOnce();
            }
            while (!_stopping);
        }
        finally
        {
            _stopping = false;
            CurrentWork = null;
            TrampolineSlot = null;
            t_running = null;
            ExecutionContext.Restore(outerContext);
            SynchronizationContext.SetSynchronizationContext(outerSynchronization);
            if (suppressed)
            {
                ExecutionContext.SuppressFlow();
            }

            Volatile.Write(ref _thread, null);
        }
    }

    /// <summary>Ends <see cref="RunForever"/> after the current iteration.</summary>
    /// <remarks>Loop thread only; from elsewhere: <c>loop.CallSoonThreadSafe(loop.Stop)</c>. What is ready runs
    /// first; what
    /// that schedules stays for the next run. asyncio: <c>stop</c>.</remarks>
    public void Stop()
    {
        AssertOnLoop();
        _stopping = true;
    }

    /// <summary>Ends the loop for good: drops what is scheduled and releases its resources. Calling it again does
    /// nothing.</summary>
    /// <remarks>Not for a running loop. Callbacks and timers that have not run will not. asyncio:
    /// <c>close</c>.</remarks>
    /// <exception cref="InvalidOperationException">The loop is running.</exception>
    public void Close()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("A running loop cannot be closed. Stop it first.");
        }

        if (_closed)
        {
            return;
        }

        Volatile.Write(ref _closed, true);
        Debug = false;
        try
        {
            // From here on other threads are told that the loop is closed. What they have posted before has not
            // been run.
            _inbox.Close(Ready);
            for (int i = _attachments.Count - 1; i >= 0; i--)
            {
                (_attachments[i] as IDisposable)?.Dispose();
            }

            while (Ready.Count > 0)
            {
                Ready.Dequeue().Abandon();
            }

            Timers.Clear();
        }
        finally
        {
            _poller.Dispose();
        }
    }

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Close();

    /// <inheritdoc/>
    void IReadyQueue.Enqueue(PollOperation operation) => Ready.Enqueue(s_pollOperation, operation, null, null);

    /// <summary>One iteration. The only place from which anything is run.</summary>
    private void RunOnce()
    {
        // 1. Poll for I/O: no wait if something is ready, else until the next timer or a wake-up.
        PollForIO();

        // 2. What came from other threads, then the timers that are due: time order, then scheduling order.
        _inbox.DrainTo(Ready);
        if (Timers.Count > 0)
        {
            Timers.MoveDue(NowTicks, Ready);
        }

        // A callback may have left another context behind; the next one's continuations would go astray.
        if (SynchronizationContext.Current != SynchronizationContext)
        {
            SynchronizationContext.SetSynchronizationContext(SynchronizationContext);
        }

        // 3. Exactly what is ready now. What that schedules waits for the next iteration, so I/O
        //    is looked at again after a bounded time.
        int left = Ready.BeginIteration();
        for (; left > EntriesInRun; left -= EntriesInRun)
        {
            RunReady(EntriesInRun);
        }

        RunReady(left);
        Iterations++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunReady(int count)
    {
        while (count > 0)
        {
            ReadyEntry entry = default;
            try
            {
                for (; count > 0; count--)
                {
                    entry = Ready.Dequeue();
                    BeginTurn();
                    if (entry.Context is { } context && ExecutionContext.Capture() != context)
                    {
                        ExecutionContext.Restore(context);
                    }

                    if (_debug)
                    {
                        ExecuteTimed(entry);
                    }
                    else
                    {
                        entry.Execute();
                    }
                }
            }
            catch (Exception e)
            {
                count--;
                ReportCallbackError(e, entry);
            }
        }
    }

    /// <summary>The caller's context; where its flow is suppressed, the one that the loop was made in.</summary>
    private ExecutionContext? CaptureContext() => ExecutionContext.Capture() ?? _madeIn;

    /// <summary>Throws when the loop cannot be run from here: it is closed or running, or this thread runs a
    /// loop.</summary>
    internal void CheckCanRun()
    {
        CheckCanSchedule();
        if (t_running is not null)
        {
            throw new InvalidOperationException(
                "This thread already runs an event loop. Await the coroutine, or make a task of it, instead of "
                + "running a loop inside a loop.");
        }

        if (IsRunning)
        {
            throw RunningElsewhere();
        }
    }

    /// <summary>Throws when the loop is closed.</summary>
    internal void CheckCanSchedule()
    {
        if (_closed)
        {
            throw new InvalidOperationException("The event loop is closed. Make a new one.");
        }
    }

    private static InvalidOperationException RunningElsewhere() => new("The loop is running on another thread already.");

    private sealed class PollOperationItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((PollOperation)first!).Execute();
    }
}

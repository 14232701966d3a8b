using System.Diagnostics;

namespace Gyre;

/// <summary>Runs calls on a bounded number of threads of its own.</summary>
/// <remarks>
/// <para>Any thread. A thread is started when a call finds no idle one, up to the limit, and stays until the
/// executor is shut down. They are background threads: a process that ends does not wait for them, so dispose
/// of the executor to finish its calls. An executor that is dropped ends its threads when their calls are
/// done.</para>
/// <para>asyncio: <c>ThreadPoolExecutor</c>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ThreadPoolExecutor : Executor
{
    private const int DefaultWorkersMax = 32;
    private const int WorkersBeyondProcessors = 4;

    private static int s_counter;

    // The threads hold this, and not the executor: one that is dropped can be collected, and ends them.
    private readonly WorkerPool _pool;

    /// <summary>Makes an executor. It has no thread until its first call.</summary>
    /// <param name="maxWorkers">How many threads at most, at least 1. When null: 4 more than there are
    /// processors, and no more than 32.</param>
    /// <param name="threadNamePrefix">Threads are named by this, an underscore and a number.</param>
    /// <param name="initializer">Runs first on each thread. If it throws, the executor is broken.</param>
    public ThreadPoolExecutor(
        int? maxWorkers = null, string? threadNamePrefix = null, Action? initializer = null)
    {
        int workers = maxWorkers
            ?? Math.Min(DefaultWorkersMax, Environment.ProcessorCount + WorkersBeyondProcessors);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1, nameof(maxWorkers));
        threadNamePrefix ??= $"ThreadPoolExecutor-{Interlocked.Increment(ref s_counter)}";
        _pool = new WorkerPool(workers, threadNamePrefix, initializer);
    }

    /// <summary>Ends the threads of an executor that nobody holds. Its calls hold it, so there are
    /// none.</summary>
    // The constructor may have thrown, and then there is no pool.
    ~ThreadPoolExecutor() => _pool?.Stop();

    /// <summary>How many threads it may have.</summary>
    public int MaxWorkers => _pool.MaxWorkers;

    /// <summary>How many threads it has.</summary>
    public int WorkerCount => _pool.WorkerCount;

    /// <summary>How many of its threads wait for a call.</summary>
    public int IdleCount => _pool.IdleCount;

    /// <summary>How many calls wait for a thread.</summary>
    public int PendingCount => _pool.PendingCount;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A thread of this executor wants to wait for its own
    /// end.</exception>
    public override void Shutdown(bool wait = true, bool cancelFutures = false)
    {
        if (wait)
        {
            _pool.CheckMayJoin();
        }

        _pool.Stop();
        if (cancelFutures)
        {
            _pool.CancelPending();
        }

        if (wait)
        {
            _pool.Join();
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"ThreadPoolExecutor [workers: {WorkerCount}/{MaxWorkers}, pending: {PendingCount}]";

    /// <inheritdoc/>
    protected internal override void Enqueue(ExecutorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _pool.Enqueue(call);
    }

    /// <inheritdoc/>
    protected internal override void OnCancelled(ExecutorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _pool.Remove(call);
    }
}

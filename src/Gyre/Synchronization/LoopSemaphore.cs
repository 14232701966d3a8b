using System.Diagnostics;

namespace Gyre;

/// <summary>A number of permits that tasks of one loop take and give back.</summary>
/// <remarks>Loop thread only. First come, first served. Bound to the first loop in which somebody has to
/// wait. asyncio: <c>Semaphore</c>.</remarks>
// A release hands its permit to the first pending waiter: the value goes down again before that task runs, so
// nobody can take the permit in between. A waiter that got one and was cancelled gives it back when it runs.
[DebuggerDisplay("{ToString(),nq}")]
public class LoopSemaphore : IReleasable
{
    private readonly WaiterList _waiters;
    private LoopBinding _binding;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="value">The number of permits at the start, zero or more.</param>
    public LoopSemaphore(int value = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        _waiters = new WaiterList(this);
        Value = value;
    }

    /// <summary>How many permits are free and promised to nobody.</summary>
    public int Value { get; private set; }

    /// <summary>Whether a task that asks for a permit now has to wait. asyncio: <c>locked</c>.</summary>
    /// <remarks>True also while there are permits, when others are before it.</remarks>
    public bool IsLocked => Value == 0 || _waiters.HasLive;

    /// <summary>Waits for a permit and takes it. asyncio: <c>acquire</c>.</summary>
    /// <returns>What gives it back: <c>using (await semaphore.AcquireAsync()) { … }</c>.</returns>
    /// <remarks>Tasks get permits in the order of their calls (G-71). Does not yield when <see cref="IsLocked"/> is
    /// false. On cancel: no permit is taken (G-61).</remarks>
    /// <exception cref="InvalidOperationException">The semaphore belongs to another loop.</exception>
    public async Coroutine<LoopReleaser> AcquireAsync()
    {
        _binding.AssertOnLoop();
        if (!IsLocked)
        {
            Value--;
            return new LoopReleaser(this);
        }

        LoopWaiter waiter = _waiters.Add(_binding.Bind(this));
        try
        {
            await waiter;
        }
        catch (CancelledException)
        {
            // The permit was handed over already; it goes back, and on to the next in the finally block.
            if (waiter.IsWoken)
            {
                Value++;
            }

            throw;
        }
        finally
        {
            _waiters.Remove(waiter);

            // Those who came while this task was waiting for its turn queued up behind it, although there
            // were permits.
            while (Value > 0 && WakeNext())
            {
            }
        }

        WaiterPool.Return(waiter);
        return new LoopReleaser(this);
    }

    /// <summary>Gives a permit back, or adds one. It goes to the task that has waited longest. asyncio:
    /// <c>release</c>.</summary>
    /// <remarks>Never runs the woken task inside this call (G-3). There may be more permits than at the start; see
    /// <see cref="LoopBoundedSemaphore"/>.</remarks>
    /// <exception cref="OverflowException">There are <see cref="int.MaxValue"/> permits.</exception>
    public virtual void Release()
    {
        _binding.AssertOnLoop();
        Value = checked(Value + 1);
        WakeNext();
    }

    /// <inheritdoc/>
    public override string ToString() => WaiterList.Describe(
        GetType().Name, IsLocked ? "locked" : $"unlocked, value: {Value}", _waiters);

    /// <summary>Hands a permit to the first pending waiter. False when there is none.</summary>
    private bool WakeNext()
    {
        if (!_waiters.WakeNext())
        {
            return false;
        }

        Value--;
        return true;
    }
}

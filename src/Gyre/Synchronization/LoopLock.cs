using System.Diagnostics;

namespace Gyre;

/// <summary>A lock for tasks of one loop: one of them holds it, the others wait.</summary>
/// <remarks>
/// <para>Loop thread only. First come, first served. It belongs to no task: whoever wants may release it.
/// Between two awaits nothing else runs, so what needs no await needs no lock.</para>
/// <para>It is bound to the first loop in which somebody has to wait. asyncio: <c>Lock</c>.</para>
/// </remarks>
// Free ──LockAsync──▶ Held ──Release──▶ Free, and the head of the queue is woken
//
// A release only wakes. The lock stays free until the woken task runs and takes it; a newcomer sees a live
// waiter and queues up behind it. A woken task that was cancelled wakes the next one when it runs.
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopLock : IReleasable
{
    private readonly WaiterList _waiters;
    private LoopBinding _binding;

    /// <summary>Makes a lock that is free.</summary>
    public LoopLock() => _waiters = new WaiterList(this);

    /// <summary>A lock that is a part of another primitive, which names itself in descriptions.</summary>
    internal LoopLock(object owner) => _waiters = new WaiterList(owner);

    /// <summary>Whether the lock is held. asyncio: <c>locked</c>.</summary>
    /// <remarks>False between a release and the turn of the task that it woke.</remarks>
    public bool IsLocked { get; private set; }

    /// <summary>Waits for the lock and takes it.</summary>
    /// <returns>What releases it: <c>using (await mutex.LockAsync()) { … }</c>.</returns>
    /// <remarks>Tasks get the lock in the order of their calls (G-70). Does not yield when the lock is free. On
    /// cancel: the lock is not taken (G-60). asyncio: <c>acquire</c>.</remarks>
    /// <exception cref="InvalidOperationException">The lock belongs to another loop.</exception>
    public async Coroutine<LoopReleaser> LockAsync()
    {
        _binding.AssertOnLoop();
        if (IsLocked || _waiters.HasLive)
        {
            LoopWaiter waiter = _waiters.Add(_binding.Bind(this));
            try
            {
                await waiter;
            }
            catch (CancelledException)
            {
                // This task may have been the one that was woken. If nobody holds the lock, somebody must be.
                _waiters.Remove(waiter);
                if (!IsLocked)
                {
                    _waiters.WakeHead();
                }

                throw;
            }

            _waiters.Remove(waiter);
            WaiterPool.Return(waiter);
        }

        IsLocked = true;
        return new LoopReleaser(this);
    }

    /// <summary>Frees the lock and wakes the task that has waited longest. asyncio: <c>release</c>.</summary>
    /// <remarks>Never runs the woken task inside this call (G-3).</remarks>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    public void Release()
    {
        _binding.AssertOnLoop();
        if (!IsLocked)
        {
            throw new InvalidOperationException(
                "The lock is not held. Release it once for each LockAsync, or let 'using' do it.");
        }

        IsLocked = false;
        _waiters.WakeHead();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        WaiterList.Describe("LoopLock", IsLocked ? "locked" : "unlocked", _waiters);
}

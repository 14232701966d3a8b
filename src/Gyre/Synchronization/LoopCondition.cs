using System.Diagnostics;

namespace Gyre;

/// <summary>A lock together with a way to wait, while holding it, until another task says that something has
/// changed.</summary>
/// <remarks>
/// <para>Loop thread only. A wake-up is a hint: check what you wait for again, or use
/// <see cref="WaitForAsync"/>.</para>
/// <para>Bound to the first loop in which somebody has to wait. asyncio: <c>Condition</c>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopCondition : IReleasable
{
    private readonly LoopLock _lock;
    private readonly WaiterList _waiters;
    private LoopBinding _binding;

    /// <summary>Makes a condition.</summary>
    /// <param name="lock">The lock to use, which several conditions may share. A new one when null.</param>
    public LoopCondition(LoopLock? @lock = null)
    {
        _lock = @lock ?? new LoopLock(this);
        _waiters = new WaiterList(this);
    }

    /// <summary>A condition that is a part of another primitive, which names itself in
    /// descriptions.</summary>
    internal LoopCondition(object owner)
    {
        _lock = new LoopLock(owner);
        _waiters = new WaiterList(owner);
    }

    /// <summary>Whether the lock is held. asyncio: <c>locked</c>.</summary>
    public bool IsLocked => _lock.IsLocked;

    /// <inheritdoc cref="LoopLock.LockAsync"/>
    public Coroutine<LoopReleaser> LockAsync() => _lock.LockAsync();

    /// <inheritdoc cref="LoopLock.Release"/>
    public void Release() => _lock.Release();

    /// <summary>Releases the lock, waits for a <see cref="Notify"/>, and takes the lock again. asyncio:
    /// <c>wait</c>.</summary>
    /// <remarks>
    /// Tasks are woken in the order of their calls, and take the lock in that order. May return without a
    /// notification. On cancel: the lock is taken again first, however long that takes, so the caller holds
    /// it whatever happens; and a notification that this task may have had is given to another (G-62).
    /// </remarks>
    /// <exception cref="InvalidOperationException">The lock is not held, or belongs to another
    /// loop.</exception>
    public async Coroutine WaitAsync()
    {
        CheckHeld("wait");
        EventLoop loop = _binding.Bind(this);
        _lock.Release();
        try
        {
            LoopWaiter waiter = _waiters.Add(loop);
            CarriedError? cancellation = null;
            try
            {
                await waiter;
            }
            catch (CancelledException e)
            {
                cancellation = CarriedError.Capture(e);
            }

            _waiters.Remove(waiter);
            if (cancellation is null)
            {
                WaiterPool.Return(waiter);
            }

            cancellation = await RelockAsync() ?? cancellation;
            cancellation?.Throw();
        }
        catch
        {
            // The task may have been notified before it failed. Another one gets the notification instead; if
            // there was none, that one wakes up for nothing, which a condition allows.
            NotifyCore(1);
            throw;
        }
    }

    /// <summary>Waits until a predicate holds: tests it, and tests it again after each
    /// notification.</summary>
    /// <param name="predicate">Called while the lock is held. Not called again once it has returned
    /// true.</param>
    /// <remarks>Cancellation as in <see cref="WaitAsync"/>. asyncio: <c>wait_for</c>.</remarks>
    /// <exception cref="InvalidOperationException">The lock is not held, and the predicate is
    /// false.</exception>
    public async Coroutine WaitForAsync(Func<bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        while (!predicate())
        {
            await WaitAsync();
        }
    }

    /// <summary>Wakes tasks that wait, those that have waited longest. asyncio: <c>notify</c>.</summary>
    /// <param name="count">How many, at most. Zero or less wakes none.</param>
    /// <remarks>They go on once the caller has released the lock. Guarantee G-73.</remarks>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    public void Notify(int count = 1)
    {
        CheckHeld("notify");
        NotifyCore(count);
    }

    /// <summary>Wakes every task that waits. asyncio: <c>notify_all</c>.</summary>
    /// <inheritdoc cref="Notify"/>
    public void NotifyAll() => Notify(_waiters.Count);

    /// <inheritdoc/>
    public override string ToString() =>
        WaiterList.Describe("LoopCondition", IsLocked ? "locked" : "unlocked", _waiters);

    /// <summary>Takes the lock, whatever requests to cancel arrive meanwhile.</summary>
    /// <returns>The last of them.</returns>
    private async Coroutine<CarriedError?> RelockAsync()
    {
        CarriedError? cancellation = null;

        // A cancelled scope would end each of these waits at once, without end.
        using LoopTask.ScopeMask mask = EventLoop.Running.CurrentTask!.MaskScopes();
        while (true)
        {
            try
            {
                await _lock.LockAsync();
                return cancellation;
            }
            catch (CancelledException e)
            {
                cancellation = CarriedError.Capture(e);
            }
        }
    }

    private void NotifyCore(int count)
    {
        while (count > 0 && _waiters.WakeNext())
        {
            count--;
        }
    }

    private void CheckHeld(string what)
    {
        _binding.AssertOnLoop();
        if (!IsLocked)
        {
            throw new InvalidOperationException(
                $"The condition's lock is not held. To {what}, take it first: "
                + "using (await condition.LockAsync()) …");
        }
    }
}

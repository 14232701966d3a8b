using System.Diagnostics;

namespace Gyre;

/// <summary>A meeting point: tasks wait at it until a given number has come, and then all go on.</summary>
/// <remarks>Loop thread only. It can be used again and again. Bound to the first loop in which somebody has
/// to wait. asyncio:
/// <c>Barrier</c>.</remarks>
// Filling ──the last party arrives──▶ Draining ──all have left──▶ Filling
//    └──────────Reset, somebody waits──────▶ Resetting ──all have left──▶ Filling
// any ──Abort──▶ Broken ──Reset──▶ Resetting, or Filling when nobody is inside
//
// Who comes while the barrier is draining or resetting waits outside until it is filling again.
// Everything changes under the condition's lock, so that tasks leave in the order in which they came.
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopBarrier
{
    private readonly LoopCondition _condition;
    private BarrierState _state;

    /// <summary>The tasks inside: those that wait for the others, and those that are on their way
    /// out.</summary>
    private int _inside;

    /// <summary>Makes a barrier.</summary>
    /// <param name="parties">How many tasks have to come. At least 1.</param>
    public LoopBarrier(int parties)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parties, 1);
        _condition = new LoopCondition((object)this);
        Parties = parties;
    }

    private enum BarrierState : byte
    {
        Filling,
        Draining,
        Resetting,
        Broken,
    }

    /// <summary>How many tasks have to come. asyncio: <c>parties</c>.</summary>
    public int Parties { get; }

    /// <summary>How many tasks wait for the others. Zero while the barrier lets its tasks go. asyncio:
    /// <c>n_waiting</c>.</summary>
    public int WaitingCount => _state == BarrierState.Filling ? _inside : 0;

    /// <summary>Whether the barrier was aborted. asyncio: <c>broken</c>.</summary>
    public bool IsBroken => _state == BarrierState.Broken;

    /// <summary>Waits until as many tasks have come as the barrier has parties. asyncio:
    /// <c>wait</c>.</summary>
    /// <returns>The place in the order of arrival, from 0. Choose one of them to do what is to be done
    /// once.</returns>
    /// <remarks>On cancel: the task no longer counts as having come; if the barrier has opened already,
    /// nothing changes for the others (G-64). Guarantee G-75.</remarks>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was reset or aborted
    /// meanwhile.</exception>
    public async Coroutine<int> WaitAsync()
    {
        using (await _condition.LockAsync())
        {
            await EnterAsync();
            try
            {
                int index = _inside++;
                if (_inside == Parties)
                {
                    _state = BarrierState.Draining;
                    _condition.NotifyAll();
                }
                else
                {
                    await WaitForOthersAsync();
                }

                return index;
            }
            finally
            {
                Leave();
            }
        }
    }

    /// <summary>Empties the barrier: tasks that wait get a <see cref="BrokenBarrierException"/>, and it can
    /// be used again.</summary>
    /// <remarks>Also mends a broken barrier. Tasks that were let go but have not run since get the exception
    /// too. Tasks that come meanwhile wait until those have left. On cancel: nothing changes. asyncio:
    /// <c>reset</c>.</remarks>
    public async Coroutine ResetAsync()
    {
        using (await _condition.LockAsync())
        {
            _state = _inside > 0 ? BarrierState.Resetting : BarrierState.Filling;
            _condition.NotifyAll();
        }
    }

    /// <summary>Breaks the barrier: tasks that wait, and all that come, get a
    /// <see cref="BrokenBarrierException"/>.</summary>
    /// <remarks>For a party that fails and will not come. On cancel: nothing changes. asyncio:
    /// <c>abort</c>.</remarks>
    public async Coroutine AbortAsync()
    {
        using (await _condition.LockAsync())
        {
            _state = BarrierState.Broken;
            _condition.NotifyAll();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _state switch
    {
        BarrierState.Filling => $"LoopBarrier [filling, waiters: {WaitingCount}/{Parties}]",
        BarrierState.Draining => $"LoopBarrier [draining, waiters: {WaitingCount}/{Parties}]",
        BarrierState.Resetting => $"LoopBarrier [resetting, waiters: {WaitingCount}/{Parties}]",
        _ => "LoopBarrier [broken]",
    };

    /// <summary>Waits while the tasks of the round before are on their way out.</summary>
    private async Coroutine EnterAsync()
    {
        await _condition.WaitForAsync(() => _state is not (BarrierState.Draining or BarrierState.Resetting));
        if (_state == BarrierState.Broken)
        {
            throw new BrokenBarrierException(
                "The barrier was aborted. Mend it with ResetAsync before it is used again.");
        }
    }

    private async Coroutine WaitForOthersAsync()
    {
        await _condition.WaitForAsync(() => _state != BarrierState.Filling);
        if (_state is BarrierState.Broken or BarrierState.Resetting)
        {
            throw new BrokenBarrierException("The barrier was aborted or reset while a task waited at it.");
        }
    }

    private void Leave()
    {
        _inside--;
        if (_inside == 0)
        {
            if (_state is BarrierState.Resetting or BarrierState.Draining)
            {
                _state = BarrierState.Filling;
            }

            // Those outside may come in.
            _condition.NotifyAll();
        }
    }
}

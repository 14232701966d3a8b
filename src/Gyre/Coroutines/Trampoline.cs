using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Runs chains of coroutines without recursion, however deep they are.</summary>
/// <remarks>
/// A coroutine that awaits another does not call it. It is linked to it and returns here, where that is run; a
/// coroutine that ends returns here too, and its parent is run. So a resume goes straight to the innermost
/// coroutine, and
/// the native stack is never deeper than one coroutine.
/// </remarks>
internal sealed class Trampoline
{
    [ThreadStatic]
    private static Trampoline? t_current;

    /// <summary>So many awaits end in one call of <see cref="Run"/>. A power of two.</summary>
    // The runtime counts calls to see what is hot, and replaces code when it is called. A chain that ran in one call
    // would be counted once, and would run in the code that it began with.
    private const int AwaitsInRun = 256;

    // The chains that are being run below the current one on the native stack: theirs have started it eagerly.
    private readonly List<(WorkItem Runner, CoroutineBox Anchor)> _outer = [];

    // A box of the chain that is being run, null when none is; from it the links of calling boxes lead to the one that runs. It
    // moves only when it ends itself, so a call and its return write nothing here.
    private CoroutineBox? _anchor;

    public static Trampoline Current
    {
        get => t_current ?? MakeCurrent();
    }

    /// <summary>Whether a chain is being run.</summary>
    public bool IsRunning => _anchor is not null;

    /// <summary>The error that was thrown last into the chain that is being run, while it is on its way to the
    /// next box.</summary>
    public CarriedError? Thrown { get; set; }

    /// <summary>The task whose chain is being run. It is the loop's current work: nothing is written for it
    /// here.</summary>
    public static ICoroutineRunner Runner => (ICoroutineRunner)EventLoop.Running.CurrentWork!;

    /// <summary>Makes a task of a coroutine that plain <c>async Task</c> code awaits, and calls the continuation
    /// when it has ended. Set by the layer of tasks.</summary>
    public static Action<EventLoop, CoroutineBox, Action>? StartDetached { get; set; }

    /// <summary>The trampoline of the thread that runs the loop. For code that this thread runs.</summary>
    // A static of the thread costs a call. The loop is at hand where a step begins.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Trampoline Of(EventLoop loop) => Unsafe.As<Trampoline?>(loop.TrampolineSlot) ?? FindFor(loop);

    /// <summary>Makes ready to run a chain from its innermost box.</summary>
    /// <param name="box">The innermost box, for <see cref="Run"/>.</param>
    /// <param name="outer">The loop's current work before that of this chain: where a chain has started this one
    /// eagerly, its task.</param>
    public void Enter(CoroutineBox box, WorkItem? outer)
    {
        if (_anchor is { } anchor)
        {
            _outer.Add((outer!, anchor));
        }

        _anchor = box;
    }

    /// <summary>Runs the chain that was entered until it is suspended or ends, or for a while.</summary>
    /// <param name="box">The innermost box, or what this has returned.</param>
    /// <param name="loop">The loop that runs, for the count of awaits.</param>
    /// <returns>Null when the task was suspended, or the chain's root when it has ended. A box that has not ended is the
    /// one to go on with, at once.</returns>
    public CoroutineBox? Run(CoroutineBox box, EventLoop loop)
    {
        CoroutineBox anchor = _anchor!;
        while (true)
        {
            box.MoveNext();
            if (box.Called is { } called)
            {
                box = called;
                continue;
            }

            if (!box.IsCompleted)
            {
                // It waits for something that is no coroutine.
                Leave();
                return null;
            }

            if (box.Parent is not { } parent)
            {
                Leave();
                return box;
            }

            if (box == anchor)
            {
                anchor = parent;
                _anchor = parent;
            }

            parent.OnReturned();
            int left = --loop.AwaitsLeft;
            if (left <= 0 && TryGiveWay(box, parent, loop))
            {
                Leave();
                return null;
            }

            box = parent;
            if ((left & (AwaitsInRun - 1)) == 0)
            {
                return box;
            }
        }
    }

    private void Leave()
    {
        Thrown = null;
        if (_outer.Count == 0)
        {
            _anchor = null;
            return;
        }

        // While a chain is run there is an anchor, so each that another has started has found one.
        _anchor = _outer[^1].Anchor;
        _outer.RemoveAt(_outer.Count - 1);
    }

    /// <summary>Has the task give way, if this is the place for it.</summary>
    // Here, where what was awaited has ended, and not before it begins: who awaits a coroutine relies on it to run at
    // once, up to the place where it waits (G-23). Otherwise what it looked at before may have changed.
    private static bool TryGiveWay(CoroutineBox ended, CoroutineBox parent, EventLoop loop)
    {
        // The library's own coroutines are short, and may go on without looking again. The next one is not.
        if (parent.IsOfLibrary || ended.HasFilledMemory || !loop.IsBudgetSpent())
        {
            return false;
        }

        ((ICoroutineRunner)loop.CurrentWork!).GiveWay(parent);
        return true;
    }

    private static Trampoline MakeCurrent() => t_current = new Trampoline();

    private static Trampoline FindFor(EventLoop loop)
    {
        Trampoline found = Current;
        loop.TrampolineSlot = found;
        return found;
    }

    /// <summary>The coroutine that runs now in a chain of this task; null when none does.</summary>
    public CoroutineBox? InnermostOf(WorkItem runner)
    {
        CoroutineBox? box = EventLoop.RunningOrNull?.CurrentWork == runner
            ? _anchor
            : _outer.Find(chain => chain.Runner == runner).Anchor;
        while (box?.Called is { } called)
        {
            box = called;
        }

        return box;
    }
}

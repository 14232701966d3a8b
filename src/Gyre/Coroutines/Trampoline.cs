namespace Gyre;

/// <summary>Runs chains of coroutines without recursion, however deep they are.</summary>
/// <remarks>
/// A coroutine that awaits another does not call it. It names it as the next to run and returns here; a
/// coroutine that ends returns here too, and its parent is run. So a resume goes straight to the innermost
/// coroutine, and
/// the native stack is never deeper than one coroutine.
/// </remarks>
internal sealed class Trampoline
{
    [ThreadStatic]
    private static Trampoline? t_current;

    // The chains that are being run below the current one on the native stack: theirs have started it eagerly.
    private readonly List<(ICoroutineRunner Runner, CoroutineBox Running)> _outer = [];

    public static Trampoline Current => t_current ??= new Trampoline();

    /// <summary>The coroutine that runs; where it awaits another, the one to run next, named by it.</summary>
    public CoroutineBox? Running { get; set; }

    /// <summary>The error that was thrown last into the chain that is being run, while it is on its way to the
    /// next box.</summary>
    public CarriedError? Thrown { get; set; }

    /// <summary>The task whose chain is being run.</summary>
    public ICoroutineRunner? Runner { get; private set; }

    /// <summary>Makes a task of a coroutine that plain <c>async Task</c> code awaits, and calls the continuation
    /// when it has ended. Set by the layer of tasks.</summary>
    public static Action<EventLoop, CoroutineBox, Action>? StartDetached { get; set; }

    /// <summary>Runs a chain from its innermost box until it is suspended or ends.</summary>
    /// <returns>The chain's root when it has ended, or null when the runner was suspended.</returns>
    public CoroutineBox? Run(CoroutineBox box, ICoroutineRunner runner)
    {
        ICoroutineRunner? outer = Runner;
        if (outer is not null)
        {
            _outer.Add((outer, Running!));
        }

        Runner = runner;
        Running = box;
        while (true)
        {
            box.MoveNext();
            CoroutineBox? next;
            if (box.IsCompleted)
            {
                next = box.Parent;
                if (next is null)
                {
                    break;
                }

                Running = next;
            }
            else
            {
                next = Running!;
                if (next == box)
                {
                    // It named nobody: it waits for something that is no coroutine.
                    box = null!;
                    break;
                }
            }

            box = next;
        }

        Runner = outer;
        Running = null;
        Thrown = null;
        if (outer is not null)
        {
            Running = _outer[^1].Running;
            _outer.RemoveAt(_outer.Count - 1);
        }

        return box;
    }

    /// <summary>The coroutine that runs now in a chain of this runner; null when none does.</summary>
    public CoroutineBox? InnermostOf(ICoroutineRunner runner) =>
        Runner == runner ? Running : _outer.Find(chain => chain.Runner == runner).Running;
}

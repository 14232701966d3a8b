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

    public static Trampoline Current => t_current ??= new Trampoline();

    /// <summary>The coroutine to run next, named by the one that awaits it.</summary>
    public CoroutineBox? Next { get; set; }

    /// <summary>The error that was thrown last into the chain that is being run, while it is on its way to the
    /// next box.</summary>
    public CarriedError? Thrown { get; set; }

    /// <summary>The task whose chain is being run.</summary>
    public ICoroutineRunner? Runner { get; private set; }

    /// <summary>Makes a task of a coroutine that plain <c>async Task</c> code awaits. Set by the layer of
    /// tasks.</summary>
    public static Action<EventLoop, CoroutineBox>? StartDetached { get; set; }

    /// <summary>Runs a chain from its innermost box until it is suspended or ends.</summary>
    /// <returns>The chain's root when it has ended, or null when the runner was suspended.</returns>
    public CoroutineBox? Run(CoroutineBox box, ICoroutineRunner runner)
    {
        ICoroutineRunner? outer = Runner;
        Runner = runner;
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
            }
            else
            {
                next = Next;
                if (next is null)
                {
                    box = null!;
                    break;
                }

                Next = null;
            }

            box = next;
        }

        Runner = outer;
        Thrown = null;
        return box;
    }
}

using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>The box of one coroutine method. Boxes are pooled, per method and per thread.</summary>
/// <remarks>
/// A pool is bounded and unsynchronised: a box goes to the pool of the thread on which it ends. In debug mode
/// nothing is
/// pooled, so that a use after the end meets a box that nobody else has.
/// </remarks>
internal sealed class StateMachineBox<TStateMachine, T> : CoroutineBox<T>
    where TStateMachine : IAsyncStateMachine
{
    private const int PooledCountMax = 1024;

    [ThreadStatic]
    private static FreeList? t_free;

    private TStateMachine? _stateMachine;

    public override string Name => StateMachineName.Of(typeof(TStateMachine));

    public override Type? StateMachineType => typeof(TStateMachine);

    /// <summary>The state machine, to be filled in by the builder.</summary>
    public ref TStateMachine? StateMachine => ref _stateMachine;

    public static StateMachineBox<TStateMachine, T> Rent()
    {
        StateMachineBox<TStateMachine, T> box;
        if (t_free is { Head: { } head } free)
        {
            free.Head = (StateMachineBox<TStateMachine, T>?)head.Parent;
            free.Count--;
            head.Parent = null;
            box = head;
        }
        else
        {
            box = new StateMachineBox<TStateMachine, T>();
        }

        box.MarkCreated();
        return box;
    }

    public override void MoveNext() => _stateMachine!.MoveNext();

    private protected override void ReturnToPool()
    {
        // The state machine holds the method's locals; the pool must not keep them alive.
        _stateMachine = default;
        FreeList free = t_free ??= new FreeList();
        if (free.Count >= PooledCountMax || EventLoop.AnyDebug)
        {
            GC.SuppressFinalize(this);
            return;
        }

        Parent = free.Head;
        free.Head = this;
        free.Count++;
    }

    private sealed class FreeList
    {
        public StateMachineBox<TStateMachine, T>? Head;
        public int Count;
    }
}

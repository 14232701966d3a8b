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
    private TStateMachine? _stateMachine;

    public override string Name => StateMachineName.Of(typeof(TStateMachine));

    public override Type? StateMachineType => typeof(TStateMachine);

    /// <summary>The state machine, to be filled in by the builder.</summary>
    public ref TStateMachine? StateMachine => ref _stateMachine;

    public static StateMachineBox<TStateMachine, T> Rent()
    {
        // The pool of a method holds nothing but boxes of this type.
        StateMachineBox<TStateMachine, T> box =
            BoxPool<TStateMachine>.Current?.TryTake() is { } free
                ? Unsafe.As<StateMachineBox<TStateMachine, T>>(free)
                : new StateMachineBox<TStateMachine, T>();
        box.MarkCreated();
        return box;
    }

    public override void MoveNext() => _stateMachine!.MoveNext();

    private protected override void ReturnToPool()
    {
        // The state machine holds the method's locals; the pool must not keep them alive.
        _stateMachine = default;
        if (!BoxPool<TStateMachine>.OfThread.TryAdd(this))
        {
            GC.SuppressFinalize(this);
        }
    }
}

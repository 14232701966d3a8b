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
    /// <summary>The state machine, to be filled in by the builder.</summary>
    public TStateMachine? StateMachine;

    /// <summary>Makes a box that is created and not run.</summary>
    public StateMachineBox() => MarkCreated();

    public override string Name => StateMachineName.Of(typeof(TStateMachine));

    public override Type? StateMachineType => typeof(TStateMachine);

    public override void MoveNext() => StateMachine!.MoveNext();

    private protected override void ReturnToPool()
    {
        // The state machine holds the method's locals; the pool must not keep them alive.
        StateMachine = default;
        BoxPool.Return(ref BoxPool<TStateMachine>.Current, this);
    }
}

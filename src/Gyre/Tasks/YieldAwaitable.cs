using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>Lets everything else that is ready run first. Returned by <c>Aio.Yield</c>.</summary>
public readonly struct YieldAwaitable : ICriticalNotifyCompletion, ILoopAwaiter
{
    private readonly EventLoop _loop;

    internal YieldAwaitable(EventLoop loop) => _loop = loop;

    /// <summary>Always false: the task goes to the end of the ready queue.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool IsCompleted => _loop == EventLoop.RunningOrNull && _loop is not null
        ? false
        : throw new InvalidOperationException("Aio.Yield() is awaited where it was called, on the loop that ran there.");

    /// <summary>Awaits the next turn. For the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public YieldAwaitable GetAwaiter() => this;

    /// <summary>Ends the await.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetResult() => FutureAwaiting.TakeInjected(_loop)?.Throw();

    /// <summary>Schedules <paramref name="continuation"/> for the next iteration.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void OnCompleted(Action continuation) => PlainWait.BeginYield(_loop, continuation);

    /// <inheritdoc cref="OnCompleted"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void UnsafeOnCompleted(Action continuation) => PlainWait.BeginYield(_loop, continuation);

    void ILoopAwaiter.Suspend(CoroutineBox leaf) => _loop.StepOwner.SuspendToYield(leaf);
}

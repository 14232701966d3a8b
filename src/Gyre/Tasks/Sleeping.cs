using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>The coroutines behind <c>Aio.Sleep</c>.</summary>
internal static class Sleeping
{
    public static Coroutine Call(TimeSpan delay) => SleepBox.Rent(delay);

    public static async Coroutine<T> Call<T>(TimeSpan delay, T result)
    {
        await Call(delay);
        return result;
    }

    /// <summary>One call of <c>Aio.Sleep</c>. As if it were the coroutine
    /// <c>try { await future; } finally { future.Stop(); }</c>.</summary>
    /// <remarks>Written by hand, because nearly everything that waits in a program sleeps: it is small, keeps its
    /// future for the next call, and a cancellation goes through it without being thrown. The free ones are the
    /// loop's, as their futures are: a thread would keep its closed loops by them.</remarks>
    private sealed class SleepBox : CoroutineBox<VoidResult>
    {
        private TimeSpan _delay;
        private SleepFuture? _future;
        private bool _suspended;

        private SleepBox() => MarkCreated();

        public override string Name => nameof(Sleep);

        public override Type StateMachineType => typeof(Sleep);

        public static Coroutine Rent(TimeSpan delay)
        {
            var pool = Unsafe.As<BoxPool?>(EventLoop.RunningOrNull?.SleepSlot);
            SleepBox box = (SleepBox?)BoxPool.TryRent(pool) ?? new SleepBox();
            box._delay = delay;
            return new Coroutine(box, box.Version);
        }

        public override void MoveNext()
        {
            EventLoop loop = EventLoop.Running;
            if (!_suspended)
            {
                _suspended = true;
                Suspend(loop, loop.StepOwner);
                return;
            }

            CarriedError? error = FutureAwaiting.TakeInjectedError(loop);
            if (error is null && _delay > TimeSpan.Zero)
            {
                error = _future!.TakeErrorToThrow();
            }

            _future?.Stop();
            if (error is null)
            {
                Complete(default);
            }
            else
            {
                Fail(error);
            }
        }

        private protected override void ReturnToPool()
        {
            _suspended = false;
            if (EventLoop.RunningOrNull is not { } loop)
            {
                // It has never run, or else nobody can see it any more.
                GC.SuppressFinalize(this);
                return;
            }

            if (_future is { } future && (!future.IsTimerIdle || future.Loop != loop))
            {
                _future = null;
            }

            BoxPool.Return(ref Unsafe.As<object?, BoxPool?>(ref loop.SleepSlot), this);
        }

        private void Suspend(EventLoop loop, LoopTask task)
        {
            if (_delay <= TimeSpan.Zero)
            {
                task.SuspendToYield(this);
                return;
            }

            if (_future?.Loop == loop)
            {
                _future.Reset();
            }
            else
            {
                _future = new SleepFuture(loop);
            }

            _future.Start(_delay);
            task.SuspendOn(_future, this);
        }
    }

    /// <summary>Stands for the compiler's type of the method, in stacks and for the pool.</summary>
    private readonly struct Sleep;
}

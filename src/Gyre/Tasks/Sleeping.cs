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
    /// future for the next call, and a cancellation goes through it without being thrown.</remarks>
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
            SleepBox box = (SleepBox?)BoxPool.TryRent(BoxPool<Sleep>.Current) ?? new SleepBox();
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
            if (_future is { IsTimerIdle: false })
            {
                _future = null;
            }

            BoxPool.Return(ref BoxPool<Sleep>.Current, this);
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

using System.Diagnostics.CodeAnalysis;

namespace Gyre;

// The members that wait are coroutines written by hand. As if they were
//
//     while (!TryPut(item))
//     {
//         LoopWaiter putter = _putters.Add(loop);
//         try { await putter; }
//         catch { _putters.Remove(putter); if (!IsFull && putter.IsWoken) _putters.ReleaseNext(); throw; }
//     }
//
// but one box for the call and its wait, and a cancellation goes through it without being thrown.
public partial class LoopQueue<T>
{
    /// <summary>One call. It tries, and waits and tries again until it comes to an end.</summary>
    private abstract class QueueCall<TResult> : CoroutineBox<TResult>
    {
        private LoopQueue<T>? _queue;
        private LoopWaiter? _waiter;
        private bool _isWaiting;

        private protected QueueCall() => MarkCreated();

        public sealed override string DeclaredIn => nameof(LoopQueue<>);

        public sealed override void MoveNext()
        {
            if (_isWaiting && EndWait() is { } error)
            {
                Fail(error);
                return;
            }

            LoopQueue<T> queue = _queue!;
            try
            {
                if (!TryComplete(queue))
                {
                    BeginWait(queue);
                }
            }
            catch (Exception e)
            {
                // The queue is shut down, belongs to another loop, or its items refuse to be compared.
                Fail(e);
            }
        }

        private protected void Begin(LoopQueue<T> queue) => _queue = queue;

        /// <summary>Does what was asked for. False, and nothing is done, when it has to wait.</summary>
        private protected abstract bool TryComplete(LoopQueue<T> queue);

        /// <summary>Those who wait for the same.</summary>
        private protected abstract WaiterList WaitersOf(LoopQueue<T> queue);

        /// <summary>Whether one of them could go on.</summary>
        private protected abstract bool IsWorthATry(LoopQueue<T> queue);

        /// <summary>Lets go of what the call was for.</summary>
        private protected abstract void Forget();

        private protected abstract void GiveBack();

        private protected sealed override void ReturnToPool()
        {
            // The pool must not keep the queue alive, nor the loop.
            _queue = null;
            if (_waiter is { } waiter)
            {
                _waiter = null;
                WaiterPool.Return(waiter);
            }

            Forget();
            GiveBack();
        }

        private void BeginWait(LoopQueue<T> queue)
        {
            EventLoop loop = queue._binding.Bind(queue);
            LoopWaiter waiter = _waiter ??= WaiterPool.Take(loop);
            WaitersOf(queue).Add(waiter);
            _isWaiting = true;
            ((LoopTask)loop.CurrentWork!).SuspendOn(waiter, this);
        }

        /// <summary>The task goes on. Returns what it goes on with if that is not a wake-up.</summary>
        private CarriedError? EndWait()
        {
            _isWaiting = false;
            LoopWaiter waiter = _waiter!;
            return waiter.Loop.Injected is null && waiter.IsSuccessful ? null : EndCancelledWait(waiter);
        }

        private CarriedError EndCancelledWait(LoopWaiter waiter)
        {
            CarriedError error = FutureAwaiting.TakeInjectedError(waiter.Loop) ?? waiter.TakeErrorToThrow()!;
            WaiterList waiters = WaitersOf(_queue!);
            waiters.Remove(waiter);
            if (waiter.IsWoken && IsWorthATry(_queue!))
            {
                // Woken for what this task will not take: the next one in the list gets the hint.
                waiters.ReleaseNext();
            }

            // Not used again: only of a waiter that was woken and resumed is it sure that nobody looks at it.
            _waiter = null;
            return error;
        }
    }

    private sealed class Putting : QueueCall<VoidResult>
    {
        [AllowNull]
        private T _item;

        public override string Name => nameof(PutAsync);

        public static Coroutine Rent(LoopQueue<T> queue, T item)
        {
            Putting call = (Putting?)BoxPool.TryRent(BoxPool<Put>.Current) ?? new Putting();
            call._item = item;
            call.Begin(queue);
            return new Coroutine(call, call.Version);
        }

        private protected override bool TryComplete(LoopQueue<T> queue)
        {
            if (!queue.TryPut(_item))
            {
                return false;
            }

            Complete(default);
            return true;
        }

        private protected override WaiterList WaitersOf(LoopQueue<T> queue) => queue._putters;

        private protected override bool IsWorthATry(LoopQueue<T> queue) => !queue.IsFull;

        private protected override void Forget() => _item = default;

        private protected override void GiveBack() => BoxPool.Return(ref BoxPool<Put>.Current, this);

        private readonly struct Put;
    }

    /// <summary>A call that waits for an item.</summary>
    private abstract class TakingCall<TResult> : QueueCall<TResult>
    {
        private protected sealed override WaiterList WaitersOf(LoopQueue<T> queue) => queue._getters;

        private protected sealed override bool IsWorthATry(LoopQueue<T> queue) => !queue.IsEmpty;
    }

    private sealed class Getting : TakingCall<T>
    {
        public override string Name => nameof(GetAsync);

        public static Coroutine<T> Rent(LoopQueue<T> queue)
        {
            Getting call = (Getting?)BoxPool.TryRent(BoxPool<Get>.Current) ?? new Getting();
            call.Begin(queue);
            return new Coroutine<T>(call, call.Version);
        }

        private protected override bool TryComplete(LoopQueue<T> queue)
        {
            if (!queue.TryGet(out T? item))
            {
                return false;
            }

            Complete(item);
            return true;
        }

        private protected override void Forget()
        {
        }

        private protected override void GiveBack() => BoxPool.Return(ref BoxPool<Get>.Current, this);

        private readonly struct Get;
    }

    private sealed class MovingNext : TakingCall<bool>
    {
        private LoopQueueEnumerator<T>? _enumerator;

        public override string Name => nameof(MoveNextAsync);

        public static Coroutine<bool> Rent(LoopQueue<T> queue, LoopQueueEnumerator<T> enumerator)
        {
            MovingNext call = (MovingNext?)BoxPool.TryRent(BoxPool<MoveNextOf>.Current) ?? new MovingNext();
            call._enumerator = enumerator;
            call.Begin(queue);
            return new Coroutine<bool>(call, call.Version);
        }

        private protected override bool TryComplete(LoopQueue<T> queue)
        {
            if (queue.IsEmpty && queue.IsShutDown)
            {
                Complete(false);
                return true;
            }

            if (!queue.TryGet(out T? item))
            {
                return false;
            }

            _enumerator!.Set(item);
            Complete(true);
            return true;
        }

        private protected override void Forget() => _enumerator = null;

        private protected override void GiveBack() => BoxPool.Return(ref BoxPool<MoveNextOf>.Current, this);

        private readonly struct MoveNextOf;
    }
}

using System.ComponentModel;

namespace Gyre;

/// <summary>Awaits what may be a coroutine, a future or a task.</summary>
public static class AwaitableExtensions
{
    /// <summary>Awaits it and drops its result. A coroutine runs inside the task that awaits. For the
    /// compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static CoroutineAwaiter GetAwaiter(this Awaitable awaitable) => awaitable.ToCoroutine().GetAwaiter();

    /// <summary>Awaits its result. A coroutine runs inside the task that awaits. For the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static CoroutineAwaiter<T> GetAwaiter<T>(this IAwaitable<T> awaitable)
    {
        ArgumentNullException.ThrowIfNull(awaitable);
        return awaitable is Coroutine<T> coroutine ? coroutine.GetAwaiter() : Result<T>((Future)awaitable).GetAwaiter();
    }

    extension(Awaitable awaitable)
    {
        /// <summary>A future or task is itself; a coroutine becomes a task of the loop; a BCL task is wrapped.</summary>
        internal Future ToFuture(EventLoop loop)
        {
            awaitable.ThrowIfNone();
            return awaitable.Source switch
            {
                null => loop.CreateTask(default(Coroutine)),
                Future future => Owned(loop, future),
                CoroutineBox<VoidResult> box => loop.CreateTask(new Coroutine(box, awaitable.Version)),
                CoroutineBox box => (Future)box.Give(new TaskMaker(loop), awaitable.Version),
                object task => BclBridge.Wrap(loop, (Task)task),
            };
        }

        /// <summary>A coroutine that ends as the awaitable does. A coroutine is itself, or runs inside it.</summary>
        internal Coroutine ToCoroutine()
        {
            awaitable.ThrowIfNone();
            return awaitable.Source switch
            {
                null => default,
                CoroutineBox<VoidResult> box => new Coroutine(box, awaitable.Version),
                CoroutineBox box => (Coroutine)box.Give(ResultDropper.Instance, awaitable.Version),
                _ => End(awaitable.ToFuture(EventLoop.Running)),
            };
        }
    }

    private static Future Owned(EventLoop loop, Future future)
    {
        loop.CheckOwns(future);
        return future;
    }

    private static async Coroutine End(Future future) => await future;

    private static async Coroutine<T> Result<T>(Future future)
    {
        await future;
        return ((IFutureResult<T>)future).Result;
    }

    private sealed class TaskMaker(EventLoop loop) : ICoroutineUser
    {
        public object Use<T>(Coroutine<T> coroutine) => loop.CreateTask(coroutine);
    }

    private sealed class ResultDropper : ICoroutineUser
    {
        public static readonly ResultDropper Instance = new();

        public object Use<T>(Coroutine<T> coroutine) => Drop(coroutine);

        private static async Coroutine Drop<T>(Coroutine<T> coroutine) => await coroutine;
    }
}

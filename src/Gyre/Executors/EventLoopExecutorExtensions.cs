namespace Gyre;

/// <summary>What a loop offers for functions that block.</summary>
public static class EventLoopExecutorExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>The executor for calls that name none: a <see cref="ThreadPoolExecutor"/>, made on first
        /// use.</summary>
        /// <remarks>Loop thread only. The loop shuts it down when it closes, also one that was set; one that
        /// was replaced is its owner's. asyncio: <c>set_default_executor</c>.</remarks>
        /// <exception cref="InvalidOperationException">It was shut down.</exception>
        public Executor DefaultExecutor
        {
            get => DefaultExecutorSlot.Of(loop).Get();
            set => DefaultExecutorSlot.Of(loop).Set(value);
        }

        /// <summary>Runs a function on a thread of an executor. asyncio: <c>run_in_executor</c>.</summary>
        /// <param name="executor">The executor; the loop's default one when null.</param>
        /// <param name="function">May block. Runs once, in a copy of the caller's context.</param>
        /// <returns>A future of the function's outcome.</returns>
        /// <remarks>Loop thread only. Functions begin in the order of the calls. Cancelling the future of a
        /// call that has not begun removes it. A function that runs goes on; the future lets go of it, and an
        /// error of it goes to the loop's exception handler. Virtual time stands still until the call has
        /// ended or is let go.</remarks>
        /// <exception cref="InvalidOperationException">The executor was shut down, or the loop is
        /// closed.</exception>
        public Future<T> RunInExecutor<T>(Executor? executor, Func<T> function)
        {
            ArgumentNullException.ThrowIfNull(function);
            loop.CheckCanSchedule();
            loop.AssertOnLoop();
            executor ??= loop.DefaultExecutor;
            var call = new FutureCall<T>(loop, executor, function);
            try
            {
                executor.Enqueue(call);
            }
            catch
            {
                call.Future.ReleaseClock();
                throw;
            }

            return call.Future;
        }

        /// <inheritdoc cref="RunInExecutor{T}(EventLoop, Executor?, Func{T})"/>
        public Future RunInExecutor(Executor? executor, Action action)
        {
            ArgumentNullException.ThrowIfNull(action);
            return loop.RunInExecutor(executor, () => ExecutorCall.Invoke(action));
        }

        /// <summary>Ends the default executor and waits for its calls and threads. asyncio:
        /// <c>shutdown_default_executor</c>.</summary>
        /// <param name="timeout">The limit; null for none. When it has passed, this returns with a warning
        /// through <see cref="RuntimeWarnings"/>, and the threads end when their calls have ended.</param>
        /// <remarks>Loop thread only. Aio.Run and <see cref="Runner"/> do it at their end. On cancel: the
        /// executor ends all the same, without being waited for.</remarks>
        public Coroutine ShutdownDefaultExecutor(TimeSpan? timeout = null) =>
            DefaultExecutorSlot.Of(loop).ShutDown(loop, timeout);
    }
}

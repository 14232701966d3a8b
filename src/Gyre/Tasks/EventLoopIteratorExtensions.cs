namespace Gyre;

/// <summary>What a loop offers for async iterators.</summary>
public static class EventLoopIteratorExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Closes the async iterators that were begun through <c>Aio.Iterate</c> and left half-way, side by side.
        /// asyncio: <c>shutdown_asyncgens</c>.</summary>
        /// <remarks>Loop thread only. What they throw is reported to the exception handler. One that is begun afterwards
        /// is reported through <see cref="RuntimeWarnings"/>. <c>Aio.Run</c> and <c>Runner</c> call it at their
        /// end. On cancel: the iterators are closed all the same.</remarks>
        public Coroutine ShutdownAsyncgens()
        {
            loop.CheckCanSchedule();
            loop.AssertOnLoop();
            return IteratorRegistry.Of(loop).ShutDown(loop);
        }
    }
}

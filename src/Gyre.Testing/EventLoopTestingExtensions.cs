namespace Gyre.Testing;

/// <summary>What a loop on a virtual clock offers to tests that drive it by hand.</summary>
public static class EventLoopTestingExtensions
{
    extension(EventLoop loop)
    {
        /// <summary>Runs the loop until nothing is ready. No time passes.</summary>
        /// <remarks>Not while the loop runs; inside of it, await
        /// <see cref="VirtualClock.WaitUntilIdleAsync"/>.</remarks>
        /// <exception cref="InvalidOperationException">The loop has no virtual clock, is closed or is
        /// running.</exception>
        public void RunUntilIdle() => loop.RunUntilComplete(WaitUntilIdle());

        /// <summary>Runs the loop for a virtual time: what is due by then has run when this
        /// returns.</summary>
        /// <param name="time">How long; at least zero.</param>
        /// <remarks>Not while the loop runs.</remarks>
        /// <exception cref="InvalidOperationException">The loop has no virtual clock, is closed or is
        /// running.</exception>
        public void RunFor(TimeSpan time)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
            loop.RunUntilComplete(SleepUntilIdle(time));
        }
    }

    private static async Coroutine WaitUntilIdle() => await VirtualClock.Current.WaitUntilIdleAsync();

    private static async Coroutine SleepUntilIdle(TimeSpan time)
    {
        await Aio.Sleep(time);
        await VirtualClock.Current.WaitUntilIdleAsync();
    }
}

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddIterators(Dictionary<string, Scenario> all) =>
        all.Add("EventLoop.ShutdownAsyncgens()", async scenario =>
        {
            bool closed = false;
            IAsyncEnumerator<int> iterator = Aio.Iterate(Items()).GetAsyncEnumerator();
            await iterator.MoveNextAsync();
            LoopTask target = scenario.Target(Aio.RunningLoop.ShutdownAsyncgens());
            await End(target);

            // Whoever does not wait for the end does not keep the iterator from being closed.
            await Aio.RunningLoop.ShutdownAsyncgens();
            await Aio.Sleep(2.Seconds());
            Assert.True(closed);

            async IAsyncEnumerable<int> Items()
            {
                try
                {
                    yield return 1;
                    await Aio.Yield();
                }
                finally
                {
                    await Aio.Sleep(1.Seconds());
                    closed = true;
                }
            }
        });
}

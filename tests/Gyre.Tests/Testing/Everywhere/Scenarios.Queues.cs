using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddQueues(Dictionary<string, Scenario> all)
    {
        // Two getters and two items, one after another: whoever is cancelled, no item is lost and nobody
        // waits in vain.
        all.Add("LoopQueue<T>.GetAsync()", async scenario =>
        {
            var queue = new LoopQueue<int>();
            LoopTask<int> target = scenario.Target(queue.GetAsync());
            await Aio.Yield();
            LoopTask<int> other = Aio.CreateTask(queue.GetAsync());
            await Aio.Sleep(1.Seconds());
            queue.TryPut(1);
            await Aio.Yield();
            queue.TryPut(2);
            await End(target);
            List<int> items = [await other];
            items.AddRange(target.IsCancelled ? [await queue.GetAsync()] : [target.Result]);
            Assert.Equal([1, 2], items.Order());
            Assert.True(queue.IsEmpty);
        });
        all.Add("LoopQueue<T>.PutAsync(T)", async scenario =>
        {
            var queue = new LoopQueue<int>(maxSize: 1);
            queue.TryPut(0);
            LoopTask target = scenario.Target(queue.PutAsync(1));
            await Aio.Yield();
            LoopTask other = Aio.CreateTask(queue.PutAsync(2));
            await Aio.Sleep(1.Seconds());
            List<int> items = [await queue.GetAsync()];
            await Aio.Yield();
            items.Add(await queue.GetAsync());
            await End(target);
            await other;
            while (queue.TryGet(out int item))
            {
                items.Add(item);
                await Aio.Yield();
            }

            // An item is put by a call that ended well, and by no other.
            Assert.Equal(target.IsCancelled ? [0, 2] : [0, 1, 2], items);
            Assert.Equal(items.Count, queue.UnfinishedCount);
        });
        all.Add("LoopQueue<T>.JoinAsync()", async scenario =>
        {
            var queue = new LoopQueue<int>();
            queue.TryPut(1);
            LoopTask target = scenario.Target(queue.JoinAsync());
            LoopTask other = Aio.CreateTask(queue.JoinAsync());
            await Aio.Sleep(1.Seconds());
            queue.TryGet(out _);
            queue.TaskDone();
            await End(target);
            await other;
        });
        all.Add("LoopQueueEnumerator<T>.MoveNextAsync()", async scenario =>
        {
            var queue = new LoopQueue<int>();
            LoopQueueEnumerator<int> enumerator = queue.GetAsyncEnumerator();
            LoopTask<bool> target = scenario.Target(enumerator.MoveNextAsync());
            await Aio.Sleep(1.Seconds());
            queue.TryPut(1);
            await End(target);
            List<int> items = target.IsCancelled ? [] : [enumerator.Current];
            queue.Shutdown();
            await foreach (int item in queue)
            {
                items.Add(item);
            }

            Assert.Equal([1], items);
        });
    }
}

using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddQueues(Dictionary<string, Scenario> all)
    {
        all.Add("LoopQueue<T>.GetAsync()", async scenario =>
        {
            var queue = new LoopQueue<int>();
            LoopTask<int> target = scenario.Target(queue.GetAsync());
            await Aio.Yield();
            LoopTask<int> other = Aio.CreateTask(queue.GetAsync());
            await Aio.Sleep(1.Seconds());
            Assert.Equal($"LoopQueue [count: 0, getters: {(target.IsDone ? 1 : 2)}]", queue.ToString());
            queue.TryPut(1);
            await VirtualClock.Current.WaitUntilIdleAsync();

            // One item, two who wait: it goes to the target, or to the other one if the target was cancelled.
            Assert.Equal(target.IsCancelled, other.IsDone);
            queue.TryPut(2);
            await EndAll(target, other);
            Assert.Equal(target.IsCancelled ? 1 : 2, other.Result);
            Assert.Equal(target.IsCancelled ? 1 : 0, queue.Count);
        });
        all.Add("LoopQueue<T>.PutAsync(T)", async scenario =>
        {
            var queue = new LoopQueue<int>(maxSize: 1);
            queue.TryPut(0);
            LoopTask target = scenario.Target(queue.PutAsync(1));
            await Aio.Yield();
            LoopTask other = Aio.CreateTask(queue.PutAsync(2));
            await Aio.Sleep(1.Seconds());
            Assert.Contains($", putters: {(target.IsDone ? 1 : 2)}, ", queue.ToString());
            List<int> items = [await queue.GetAsync()];
            await VirtualClock.Current.WaitUntilIdleAsync();

            // Room for one, two who wait. An item is put by a call that ended well, and by no other.
            Assert.Equal(target.IsCancelled, other.IsDone);
            while (items.Count < (target.IsCancelled ? 2 : 3))
            {
                items.Add(await queue.GetAsync());
            }

            await EndAll(target, other);
            Assert.Equal(target.IsCancelled ? [0, 2] : [0, 1, 2], items);
            Assert.Equal(items.Count, queue.UnfinishedCount);
            Assert.True(queue.IsEmpty);
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

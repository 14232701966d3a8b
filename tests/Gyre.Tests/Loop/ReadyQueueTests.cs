using CsCheck;

namespace Gyre.Tests.Loop;

public class ReadyQueueTests
{
    [Fact]
    public void AnySteps_KeepTheOrderOfAQueueAndThePositionsOfItsEntries()
    {
        Gen.Int[-3, 5].Array[0, 300].Sample(steps =>
        {
            var queue = new ReadyQueue();
            var model = new Queue<(long Position, object Value)>();
            long expected = 0;
            foreach (int step in steps)
            {
                for (int i = 0; i < step * 7; i++)
                {
                    object value = new();
                    long position = queue.Enqueue(Callbacks.Cancelled, value, null);
                    Assert.Equal(expected++, position);
                    model.Enqueue((position, value));
                }

                for (int i = 0; i < -step * 11 && model.Count > 0; i++)
                {
                    (long position, object value) = model.Dequeue();
                    Assert.True(queue.Contains(position));
                    Assert.Same(value, queue.At(position).First);
                    Assert.Same(value, queue.Dequeue().First);
                    Assert.False(queue.Contains(position));
                }

                Assert.Equal(model.Count, queue.Count);
                Assert.All(model, entry => Assert.Same(entry.Value, queue.At(entry.Position).First));
            }
        });
    }

    [Fact]
    public void Enqueue_ABurst_KeepsPositionsOverManyChunks()
    {
        var queue = new ReadyQueue();
        for (int i = 0; i < 200_000; i++)
        {
            queue.Enqueue(Callbacks.Cancelled, i, null);
        }

        for (int i = 0; i < 199_990; i++)
        {
            Assert.Equal(i, queue.Dequeue().First);
        }

        Assert.Equal(10, queue.Count);
        Assert.True(queue.Contains(199_995));
        Assert.Equal(199_995, queue.At(199_995).First);
        Assert.Equal(199_990, queue.Dequeue().First);
        Assert.Equal(200_000, queue.Enqueue(Callbacks.Cancelled, null, null));
    }

    [Fact]
    public void Dequeue_AfterALargeBurst_LeavesItsMemoryToTheCollector()
    {
        var queue = new ReadyQueue();
        WeakReference used = Burst(queue);
        for (int i = 0; i < 5 && used.IsAlive; i++)
        {
            GC.Collect();
        }

        Assert.False(used.IsAlive);
        Assert.Equal(0, queue.Count);

        static WeakReference Burst(ReadyQueue queue)
        {
            for (int i = 0; i < 200_000; i++)
            {
                queue.Enqueue(Callbacks.Cancelled, null, null);
            }

            // One in the middle: the first few are kept for the next time.
            var chunk = new WeakReference(queue.ChunkOf(100_000));
            while (queue.Count > 0)
            {
                queue.Dequeue();
            }

            return chunk;
        }
    }

    [Fact]
    public void Enqueue_AfterABurst_UsesItsMemoryAgain()
    {
        var queue = new ReadyQueue();
        Assert.InRange(Allocations.Least(Burst), 0, 50_000 * 8);

        void Burst()
        {
            for (int i = 0; i < 50_000; i++)
            {
                queue.Enqueue(Callbacks.Cancelled, null, null);
            }

            while (queue.Count > 0)
            {
                queue.Dequeue();
            }
        }
    }
}

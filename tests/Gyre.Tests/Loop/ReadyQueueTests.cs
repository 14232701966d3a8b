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
                    long position = queue.Enqueue(Callbacks.Action, value, null, null);
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

                queue.TrimExcess(ran: 0);
                Assert.Equal(model.Count, queue.Count);
                Assert.All(model, entry => Assert.Same(entry.Value, queue.At(entry.Position).First));
            }
        });
    }

    [Fact]
    public void TrimExcess_AfterALargeBurst_KeepsWhatIsLeftAndItsPositions()
    {
        var queue = new ReadyQueue();
        for (int i = 0; i < 200_000; i++)
        {
            queue.Enqueue(Callbacks.Action, i, null, null);
        }

        for (int i = 0; i < 199_990; i++)
        {
            queue.Dequeue();
        }

        // The first one is too early, the others take away all that can be.
        for (int i = 0; i < 5000; i++)
        {
            queue.TrimExcess(ran: 0);
        }

        Assert.InRange(queue.Capacity, 10, 10_000);
        Assert.Equal(10, queue.Count);
        Assert.True(queue.Contains(199_995));
        Assert.Equal(199_995, queue.At(199_995).First);
        Assert.Equal(199_990, queue.Dequeue().First);
        Assert.Equal(200_000, queue.Enqueue(Callbacks.Action, null, null, null));
    }
}

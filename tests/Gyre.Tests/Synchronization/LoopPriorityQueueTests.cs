using CsCheck;

namespace Gyre.Tests.Synchronization;

public class LoopPriorityQueueTests
{
    /// <summary>Guarantee G-74.</summary>
    [Fact]
    public void TryGet_OfEqualItems_KeepsTheOrderOfPutting()
    {
        var queue = new LoopPriorityQueue<(int Priority, string Name)>(
            comparer: Comparer<(int Priority, string Name)>.Create((x, y) => x.Priority.CompareTo(y.Priority)));
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"n{i}")];
        Assert.All(names, name => Assert.True(queue.TryPut((name.Length, name))));
        Assert.Equal(names.OrderBy(name => name.Length), Drain(queue).Select(item => item.Name));
    }

    [Fact]
    public void TryGet_AnyPutsAndGets_GivesTheLeast() =>
        Gen.Int[0, 20].Nullable().List[0, 200].Sample(steps =>
        {
            // A number is put; null gets one.
            var queue = new LoopPriorityQueue<int>();
            var model = new List<int>();
            foreach (int? step in steps)
            {
                if (step is { } item)
                {
                    queue.TryPut(item);
                    model.Add(item);
                }
                else if (queue.TryGet(out int got))
                {
                    Assert.Equal(model.Min(), got);
                    model.Remove(got);
                }
                else
                {
                    Assert.Empty(model);
                }
            }

            Assert.Equal(model.Order(), Drain(queue));
        });

    [Fact]
    public void TryPutAndTryGet_WhenTheComparerThrows_ChangeNothing()
    {
        bool broken = false;
        var queue = new LoopPriorityQueue<int>(
            comparer: Comparer<int>.Create((x, y) => broken ? throw new FormatException() : x.CompareTo(y)));
        Assert.All((int[])[5, 3, 4, 1, 2], item => Assert.True(queue.TryPut(item)));
        broken = true;
        Assert.Throws<FormatException>(() => queue.TryPut(0));
        Assert.Throws<FormatException>(() => queue.TryGet(out _));
        Assert.Equal(5, queue.Count);
        Assert.Equal(5, queue.UnfinishedCount);
        broken = false;
        Assert.Equal([1, 2, 3, 4, 5], Drain(queue));
    }

    private static List<T> Drain<T>(LoopQueue<T> queue)
    {
        var items = new List<T>();
        while (queue.TryGet(out T? item))
        {
            items.Add(item);
        }

        return items;
    }
}

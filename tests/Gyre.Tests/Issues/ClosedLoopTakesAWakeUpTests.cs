using Gyre.Testing;

namespace Gyre.Tests.Issues;

/// <summary>A loop that was closed between the wake-up of a task that waits at a <see cref="SharedQueue{T}"/> and the
/// task's step took the wake-up with it: the item, or the room, lay there while the next one waited.</summary>
public class ClosedLoopTakesAWakeUpTests
{
    /// <summary>How many turns the loop with the wake-up takes before it is closed: none, so that the wake-up is in its inbox, or
    /// one, so that the step is in its ready queue. Guarantee G-131.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public void Close_AGetterIsWoken_TheItemGoesToTheNext(int turns, bool cancel)
    {
        using var gone = new TestLoop();
        using var other = new TestLoop();
        var queue = new SharedQueue<int>(1);
        LoopTask<int> first = gone.Loop.CreateTask(queue.GetAsync());
        gone.Turn();
        LoopTask<int> next = other.Loop.CreateTask(queue.GetAsync());
        other.Turn();
        Assert.True(queue.TryPut(5));
        gone.Turns(turns);
        if (cancel)
        {
            first.Cancel();
        }

        gone.Loop.Close();
        other.Turns(2);
        Assert.True(next.IsDone);
        Assert.Equal(5, next.Result);
        Assert.False(first.IsDone);
    }

    /// <summary>Guarantee G-131.</summary>
    [Fact]
    public void Close_APutterIsWoken_TheRoomGoesToTheNext()
    {
        using var gone = new TestLoop();
        using var other = new TestLoop();
        var queue = new SharedQueue<int>(1);
        Assert.True(queue.TryPut(0));
        gone.Loop.CreateTask(queue.PutAsync(1));
        gone.Turn();
        LoopTask next = other.Loop.CreateTask(queue.PutAsync(2));
        other.Turn();
        Assert.True(queue.TryGet(out _));
        gone.Turn();
        gone.Loop.Close();
        other.Turns(2);
        Assert.True(next.IsDone);
        Assert.True(queue.TryGet(out int item));
        Assert.Equal(2, item);
    }
}

using CsCheck;

namespace Gyre.Tests.Loop;

public class TimerHeapTests
{
    private enum Step
    {
        Add,
        Cancel,
        Advance,
    }

    [Fact]
    public void AnySteps_MoveTimersInTheOrderOfASortedList()
    {
        Gen<(Step, int)[]> steps = Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 50]).Array[0, 400];
        steps.Sample(steps =>
        {
            using var test = new TestLoop();
            var heap = new TimerHeap();
            var model = new List<(long When, int Number, ProbeTimer Timer)>();
            long now = 0;
            int number = 0;
            foreach ((Step step, int value) in steps)
            {
                switch (step)
                {
                    case Step.Add:
                        var timer = new ProbeTimer(test.Loop);
                        heap.Add(timer, now + value);
                        model.Add((now + value, number++, timer));
                        break;
                    case Step.Cancel when model.Count > 0:
                        int index = value % model.Count;
                        Cancel(heap, model[index].Timer);
                        model.RemoveAt(index);
                        break;
                    case Step.Advance:
                        now += value;
                        MoveDue(heap, model, now);
                        break;
                }

                Assert.Equal(model.Count, heap.PendingCount);
                Assert.InRange(heap.Count, model.Count, Math.Max(101, (model.Count * 2) + 1));
                Assert.Equal(model.Count == 0 ? null : model.Min(entry => entry.When), heap.PeekWhenTicks());
            }

            MoveDue(heap, model, long.MaxValue);
            Assert.Equal(0, heap.PendingCount);
        });
    }

    [Fact]
    public void Add_TheExtremeTimes_AreOrderedToo()
    {
        using var test = new TestLoop();
        var heap = new TimerHeap();
        ProbeTimer[] timers = [.. Enumerable.Range(0, 3).Select(_ => new ProbeTimer(test.Loop))];
        heap.Add(timers[0], long.MaxValue);
        heap.Add(timers[1], 0);
        heap.Add(timers[2], long.MinValue);
        var ready = new ReadyQueue();
        heap.MoveDue(long.MaxValue, ready);
        Assert.Equal([timers[2], timers[1], timers[0]], Drain(ready));
    }

    [Fact]
    public void Add_WhenTheNumbersHaveComeToTheirEnd_KeepsTheOrderOfAdding()
    {
        using var test = new TestLoop();
        var heap = new TimerHeap(firstSequence: uint.MaxValue - 60);
        ProbeTimer[] timers = [.. Enumerable.Range(0, 200).Select(_ => new ProbeTimer(test.Loop))];
        foreach (ProbeTimer timer in timers)
        {
            heap.Add(timer, 5);
        }

        var ready = new ReadyQueue();
        heap.MoveDue(5, ready);
        Assert.Equal(timers, Drain(ready));
    }

    private static void Cancel(TimerHeap heap, ProbeTimer timer)
    {
        // The timer tells its loop's heap; here the heap stands alone.
        Assert.True(timer.CancelTimer());
        heap.OnCancelled();
        Assert.False(timer.CancelTimer());
    }

    private static void MoveDue(TimerHeap heap, List<(long When, int Number, ProbeTimer Timer)> model, long now)
    {
        var ready = new ReadyQueue();
        heap.MoveDue(now, ready);
        Assert.Equal(
            model.Where(entry => entry.When <= now).OrderBy(entry => entry.When).ThenBy(entry => entry.Number)
                .Select(entry => entry.Timer),
            Drain(ready));
        model.RemoveAll(entry => entry.When <= now);
    }

    private static List<ProbeTimer> Drain(ReadyQueue ready)
    {
        var timers = new List<ProbeTimer>();
        while (ready.Count > 0)
        {
            timers.Add((ProbeTimer)ready.Dequeue().Item);
        }

        return timers;
    }

    private sealed class ProbeTimer(EventLoop loop) : LoopTimer(loop)
    {
        private protected override void Fire()
        {
        }
    }
}

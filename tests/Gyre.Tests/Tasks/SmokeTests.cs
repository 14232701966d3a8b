using Gyre.Testing;

namespace Gyre.Tests.Tasks;

public class SmokeTests
{
    [Fact]
    public void Run_ChainOfSleeps_TakesVirtualTime()
    {
        var clock = new VirtualClock();
        int result = Aio.Run(Outer, clock.CreateOptions());
        Assert.Equal(42, result);
        Assert.Equal(3.Seconds(), clock.Elapsed);

        static async Coroutine<int> Outer()
        {
            var a = Aio.CreateTask(Inner(1));
            var b = Aio.CreateTask(Inner(2));
            await Inner(1);
            int[] r = await Aio.Gather(a, b);
            await Aio.Sleep(1.Seconds());
            return r[0] + r[1] + 39;
        }

        static async Coroutine<int> Inner(int n)
        {
            await Aio.Sleep(n.Seconds());
            return n;
        }
    }

    [Fact]
    public void Timeout_TooLate_Throws()
    {
        var clock = new VirtualClock();
        Assert.Throws<TimeoutException>(
            () => Aio.Run(async () => await Aio.WaitFor(Aio.Sleep(10.Seconds()), 1.Seconds()), clock.CreateOptions()));
        Assert.Equal(1.Seconds(), clock.Elapsed);
    }

    [Fact]
    public void Chain_Deep_DoesNotRecurse()
    {
        var clock = new VirtualClock();
        Assert.Equal(100_000, Aio.Run(() => Depth(100_000), clock.CreateOptions()));

        static async Coroutine<int> Depth(int n)
        {
            if (n == 0)
            {
                await Aio.Sleep(1.Seconds());
                return 0;
            }

            return 1 + await Depth(n - 1);
        }
    }
}

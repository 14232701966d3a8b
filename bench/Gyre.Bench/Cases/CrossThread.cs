using System.Diagnostics;

namespace Gyre.Bench;

/// <summary>Another thread and the loop.</summary>
internal static class CrossThread
{
    /// <summary>It posts as fast as it can.</summary>
    public static async Coroutine Post(int count)
    {
        EventLoop loop = EventLoop.Running;
        Future<bool> done = loop.CreateFuture<bool>();
        int left = count;
        Action callback = () =>
        {
            if (--left == 0)
            {
                done.SetResult(true);
            }
        };
        var poster = new Thread(() =>
        {
            for (int i = 0; i < count; i++)
            {
                loop.CallSoonThreadSafe(callback);
            }
        });
        poster.Start();
        await done;
        poster.Join();
    }

    /// <summary>It posts once a millisecond to a loop that sleeps.</summary>
    /// <returns>How long each post took to arrive, in microseconds, in ascending order.</returns>
    public static async Coroutine<double[]> WakeUps(int count)
    {
        EventLoop loop = EventLoop.Running;
        Future<bool> done = loop.CreateFuture<bool>();
        double[] latencies = new double[count];
        long[] posted = new long[count];
        int arrived = 0;
        Action callback = () =>
        {
            latencies[arrived] = Stopwatch.GetElapsedTime(posted[arrived]).TotalMicroseconds;
            if (++arrived == count)
            {
                done.SetResult(true);
            }
        };
        var poster = new Thread(() =>
        {
            for (int i = 0; i < count; i++)
            {
                Thread.Sleep(1);
                posted[i] = Stopwatch.GetTimestamp();
                loop.CallSoonThreadSafe(callback);
            }
        });
        poster.Start();
        await done;
        poster.Join();
        Array.Sort(latencies);
        return latencies;
    }
}

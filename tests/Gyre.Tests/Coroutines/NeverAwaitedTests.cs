using System.Runtime.CompilerServices;

namespace Gyre.Tests.Coroutines;

[Collection(nameof(SequentialCollection))]
public sealed class NeverAwaitedTests : IDisposable
{
    private readonly List<string> _warnings = [];

    public NeverAwaitedTests() => RuntimeWarnings.Raised += Add;

    /// <summary>Guarantee G-91.</summary>
    [Fact]
    public void DroppedCoroutine_IsReportedByName()
    {
        Drop();
        Garbage.CollectUntil(() => Warnings().Length > 0);
        Assert.Equal(["coroutine 'Forgotten' was never awaited"], Warnings());
    }

    [Fact]
    public void DroppedCoroutine_ThatReusesABox_IsReportedAgain()
    {
        using var test = new TestLoop();
        test.Run(async () => await Forgotten());
        for (int i = 1; i <= 3; i++)
        {
            Drop();
            int expected = i;
            Garbage.CollectUntil(() => Warnings().Length == expected);
        }
    }

    [Fact]
    public void DiscardedCoroutine_IsNotReported()
    {
        Discard();
        Garbage.Collect();
        Assert.Empty(Warnings());
    }

    [Fact]
    public void AwaitedCoroutines_AreNotReported()
    {
        using (var test = new TestLoop())
        {
            test.Run(async () =>
            {
                await Forgotten();
                await Aio.CreateTask(Forgotten());
            });
        }

        Garbage.Collect();
        Assert.Empty(Warnings());
    }

    /// <summary>They have begun; it is the task, and not the coroutine, that the closing of the loop reports.</summary>
    [Fact]
    public void CoroutinesOfTasksThatNeverRan_AreNotReported()
    {
        LeaveATask();
        Garbage.Collect();
        Assert.Empty(Warnings());
    }

    [Fact]
    public void Handler_ThatThrows_DoesNotEndTheProcess()
    {
        Action<string> bad = static _ => throw new FormatException("bad handler");
        TextWriter before = Console.Error;
        using var writer = new StringWriter();
        TextWriter synchronized = TextWriter.Synchronized(writer);
        RuntimeWarnings.Raised += bad;
        Console.SetError(synchronized);
        try
        {
            Drop();
            Garbage.CollectUntil(() => writer.ToString().Contains("bad handler", StringComparison.Ordinal));
        }
        finally
        {
            Console.SetError(before);
            RuntimeWarnings.Raised -= bad;
        }
    }

    public void Dispose() => RuntimeWarnings.Raised -= Add;

    private static async Coroutine Forgotten() => await Aio.Yield();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop() => _ = Forgotten();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Discard() => Forgotten().Discard();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveATask()
    {
        var test = new TestLoop();
        test.Loop.CreateTask(Forgotten());
        test.Dispose();
    }

    private string[] Warnings()
    {
        lock (_warnings)
        {
            return [.. _warnings];
        }
    }

    private void Add(string warning)
    {
        // Other tests' coroutines may be collected in the meantime.
        if (warning.Contains(nameof(Forgotten), StringComparison.Ordinal))
        {
            lock (_warnings)
            {
                _warnings.Add(warning);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Guarantees;

/// <summary>Clauses of docs/guarantees.md on what is reported because nobody would hear of it.</summary>
[Collection(nameof(SequentialCollection))]
public class ReportTests
{
    /// <summary>Guarantee G-90.</summary>
    [Fact]
    public void ErrorOfATask_ThatNobodyAskedFor_IsReportedOnce()
    {
        using var test = new TestLoop();
        DropFailedTask(test, ask: false);
        Garbage.CollectUntil(() =>
        {
            test.Turn();
            return test.Reports.Count > 0;
        });
        Garbage.Collect();
        test.Turn();
        ExceptionContext report = Assert.Single(test.Reports);
        Assert.IsType<FormatException>(report.Exception);
        Assert.Contains("never retrieved", report.Message);
    }

    /// <summary>Guarantee G-90.</summary>
    [Fact]
    public void ErrorOfATask_ThatSomebodyAskedFor_IsNotReported()
    {
        using var test = new TestLoop();
        DropFailedTask(test, ask: true);
        Garbage.Collect();
        test.Turn();
        Assert.Empty(test.Reports);
    }

    /// <summary>Guarantee G-95.</summary>
    [Fact]
    public void Run_WithTasksLeftAtItsEnd_CancelsThemWaitsAndReportsTheirErrors()
    {
        bool cleanedUp = false;
        List<ExceptionContext> reports = Reports(async () =>
        {
            _ = Aio.CreateTask(CleanUp());
            _ = Aio.CreateTask(FailInCleanUp());
            await Turns();
        });
        Assert.True(cleanedUp);
        Assert.IsType<FormatException>(Assert.Single(reports).Exception);

        async Coroutine CleanUp()
        {
            try
            {
                await Forever();
            }
            finally
            {
                await Aio.Sleep(5.Seconds());
                cleanedUp = true;
            }
        }

        static async Coroutine FailInCleanUp()
        {
            try
            {
                await Forever();
            }
            catch (CancelledException)
            {
                throw new FormatException();
            }
        }
    }

    /// <summary>Guarantee G-97.</summary>
    [Fact]
    public void ErrorOfAShieldedTask_AfterTheShieldWasCancelled_IsReported()
    {
        List<ExceptionContext> reports = Reports(async () =>
        {
            LoopTask task = Aio.CreateTask(Fail());
            Aio.Shield(task).Cancel();
            await Aio.Sleep(2.Seconds());
            Assert.True(task.IsDone);
        });
        Assert.IsType<FormatException>(Assert.Single(reports).Exception);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropFailedTask(TestLoop test, bool ask)
    {
        LoopTask task = test.Loop.CreateTask(Fail());
        test.RunFor(2.Seconds());
        Assert.True(task.IsFaulted);
        if (ask)
        {
            Assert.NotNull(task.Exception);
        }
    }

    private static async Coroutine Fail()
    {
        await Aio.Sleep(1.Seconds());
        throw new FormatException();
    }
}

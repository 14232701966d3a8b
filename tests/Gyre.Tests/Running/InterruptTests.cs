namespace Gyre.Tests.Running;

/// <summary>Ctrl-C, on real processes.</summary>
public class InterruptTests
{
    private const int InterruptedExitCode = 130;

    public InterruptTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends a signal with Linux's env and kill.");

    /// <summary>CPython: RunnerTests.test_interrupt_wait.</summary>
    [Fact]
    public void Interrupt_OfACoroutineThatWaits_CancelsItAndLetsItCleanUp()
    {
        using ChildProcess child = Ready("wait");
        child.Interrupt();
        Assert.Equal(InterruptedExitCode, child.Finish(out string rest));
        Assert.Equal(["cleaned up", "cancelled"], Lines(rest));
    }

    /// <summary>CPython: RunnerTests.test_interrupt_call_soon.</summary>
    [Fact]
    public void Interrupt_OfALoopThatIsAlwaysBusy_CancelsTheCoroutine()
    {
        using ChildProcess child = Ready("spin");
        child.Interrupt();
        Assert.Equal(InterruptedExitCode, child.Finish(out string rest));
        Assert.Equal(["cancelled"], Lines(rest));
    }

    /// <summary>CPython: RunnerTests.test_interrupt_cancelled_task.</summary>
    [Fact]
    public void Interrupt_OfATaskThatWasCancelled_ChangesNothing()
    {
        using ChildProcess child = Ready("cancelled");
        child.Interrupt();
        Assert.Equal(InterruptedExitCode, child.Finish(out string rest));
        Assert.Equal(["interrupted", "cancelled: by itself"], Lines(rest));
    }

    [Fact]
    public void Interrupt_ThatTheCoroutineSwallows_LetsItReturnItsResult()
    {
        using ChildProcess child = Ready("swallow");
        child.Interrupt();
        Assert.Equal(0, child.Finish(out string rest));
        Assert.Equal(["went on", "ended"], Lines(rest));
    }

    /// <summary>Rule 27: the first one asks, the second one does not.</summary>
    [Fact]
    public void Interrupt_Twice_EndsAProgramThatDoesNotListen()
    {
        using ChildProcess child = Ready("ignore");
        child.Interrupt();
        Assert.Equal("ignored", child.ReadLine());
        child.Interrupt();
        Assert.Equal(InterruptedExitCode, child.Finish(out string rest));
        Assert.Empty(Lines(rest));
    }

    [Fact]
    public void Interrupt_AfterTheRun_FindsTheDefaultAction()
    {
        using ChildProcess child = Ready("after");
        child.Interrupt();
        Assert.Equal(InterruptedExitCode, child.Finish(out string rest));
        Assert.Empty(Lines(rest));
    }

    private static ChildProcess Ready(string scenario)
    {
        var child = new ChildProcess(scenario);
        Assert.Equal("ready", child.ReadLine());
        return child;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

using Gyre.Testing;

namespace Gyre.Tests;

/// <summary>A loop on virtual time that one test drives by hand, with what it reported.</summary>
internal sealed class TestLoop : IDisposable
{
    public TestLoop(bool debug = false)
    {
        Loop = new EventLoop(Clock.CreateOptions(debug));
        Loop.ExceptionHandler = (_, context) => Reports.Add(context);
    }

    public VirtualClock Clock { get; } = new();

    public EventLoop Loop { get; }

    /// <summary>What went to the loop's exception handler.</summary>
    public List<ExceptionContext> Reports { get; } = [];

    /// <summary>What the test's callbacks wrote down, in order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>A callback that writes a line down.</summary>
    public Action Write(string line) => () => Log.Add(line);

    /// <summary>One iteration that does not wait.</summary>
    public void Turn()
    {
        Loop.Stop();
        Loop.RunForever();
    }

    /// <summary>Some iterations that do not wait.</summary>
    public void Turns(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Turn();
        }
    }

    /// <summary>Runs for a virtual time.</summary>
    public void RunFor(TimeSpan time)
    {
        TimerHandle stop = Loop.CallLater(time, Loop.Stop);
        Loop.RunForever();
        stop.Cancel();
    }

    public void Run(Func<Coroutine> body) => Loop.RunUntilComplete(body());

    public T Run<T>(Func<Coroutine<T>> body) => Loop.RunUntilComplete(body());

    public void Dispose() => Loop.Close();
}

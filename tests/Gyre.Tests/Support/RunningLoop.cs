namespace Gyre.Tests;

/// <summary>A loop that runs on a thread of its own until it is disposed of.</summary>
internal sealed class RunningLoop : IDisposable
{
    private readonly Thread _thread;

    public RunningLoop(bool debug = false)
    {
        Loop = new EventLoop(new EventLoopOptions { Poller = new ThreadPoller(), Debug = debug });
        using var running = new ManualResetEventSlim();
        Loop.CallSoon(running.Set);
        _thread = new Thread(Loop.RunForever) { IsBackground = true };
        _thread.Start();
        running.Wait();
    }

    public EventLoop Loop { get; }

    public int ThreadId => _thread.ManagedThreadId;

    /// <summary>Runs something on the loop's thread and returns what it returns.</summary>
    public T Call<T>(Func<T> function)
    {
        T result = default!;
        Loop.SynchronizationContext.Send(_ => result = function(), null);
        return result;
    }

    public void Dispose()
    {
        Loop.CallSoonThreadSafe(Loop.Stop);
        _thread.Join();
        Loop.Close();
    }
}

using BenchmarkDotNet.Attributes;

namespace Gyre.Benchmarks;

/// <summary>A benchmark whose body runs on a loop, so many operations at a time.</summary>
public abstract class LoopBenchmark
{
    /// <summary>Operations in one run of a body: entering and leaving the loop is nothing beside them.</summary>
    protected const int Operations = 10_000;

    private Runner? _runner;

    [GlobalSetup]
    public void Open()
    {
        _runner = new Runner();
        Prepare();
    }

    [GlobalCleanup]
    public void Close() => _runner?.Dispose();

    /// <summary>Called once, on the thread of the loop, outside of it.</summary>
    protected virtual void Prepare()
    {
    }

    protected void Run(Coroutine body) => _runner!.Run(body);
}

using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Conformance;

/// <summary>A virtual clock's poller that is asked in every iteration, as the oracle's selector is.</summary>
internal sealed class StepPoller(StepClock clock) : Poller
{
    private const int IterationsMax = 3000;

    private int _iterations;

    public override string BackendName => "steps";

    public override bool HasOperations => true;

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        if (++_iterations > IterationsMax)
        {
            throw new LimitException();
        }

        if (timeoutNanoseconds < 0)
        {
            throw new DeadlockException();
        }

        clock.Ticks += timeoutNanoseconds / TimeSpan.NanosecondsPerTick;
    }

    public override void Wake()
    {
    }

    public override PollSocket Attach(Socket socket) => throw new NotSupportedException("There is no I/O here.");

    protected override void Dispose(bool disposing)
    {
    }
}

internal sealed class StepClock : TimeProvider
{
    public long Ticks { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Ticks;
}

internal sealed class LimitException : Exception;

internal sealed class DeadlockException : Exception;

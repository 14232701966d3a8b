using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests;

/// <summary>A poller without I/O that really blocks its thread, and counts.</summary>
internal sealed class ThreadPoller : Poller
{
    /// <summary>Ends a test that hangs, and decides nothing else.</summary>
    private static readonly TimeSpan s_hangLimit = TimeSpan.FromMinutes(2);

    private readonly ManualResetEventSlim _woken = new();
    private int _wakes;

    public override string BackendName => "threads";

    public override bool HasOperations => false;

    /// <summary>How often a thread has woken the loop.</summary>
    public int Wakes => Volatile.Read(ref _wakes);

    /// <summary>How often the loop has blocked.</summary>
    public int Blocks { get; private set; }

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        if (timeoutNanoseconds == 0)
        {
            return;
        }

        Blocks++;
        TimeSpan limit = timeoutNanoseconds < 0
            ? s_hangLimit
            : TimeSpan.FromTicks(timeoutNanoseconds / TimeSpan.NanosecondsPerTick);
        if (!_woken.Wait(limit) && timeoutNanoseconds < 0)
        {
            throw new TimeoutException("Nobody has woken the loop.");
        }

        _woken.Reset();
    }

    public override void Wake()
    {
        Interlocked.Increment(ref _wakes);
        _woken.Set();
    }

    public override PollSocket Attach(Socket socket) => throw new NotSupportedException("This poller has no I/O.");

    protected override void Dispose(bool disposing)
    {
        // The event is left to the collector: other threads may wake a loop that has ended.
    }
}

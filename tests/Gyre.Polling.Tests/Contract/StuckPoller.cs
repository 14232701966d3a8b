using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>Does not come back from a poll until the test is over.</summary>
internal sealed class StuckPoller(ManualResetEventSlim end) : Poller
{
    private readonly Poller _inner = Create();

    public override string BackendName => "stuck";

    public override bool HasOperations => true;

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready) => end.Wait();

    public override void Wake() => _inner.Wake();

    public override PollSocket Attach(Socket socket) => _inner.Attach(socket);

    protected override void Dispose(bool disposing) => _inner.Dispose();
}

namespace Gyre.Polling.Tests;

/// <summary>What every poller promises. Inherited once for each backend, in parts named by what they
/// test.</summary>
public abstract partial class PollerContract : IDisposable
{
    protected PollerContract(PollerBackend backend)
    {
        Assert.SkipUnless(Poller.IsSupported(backend), $"This machine has no {backend} backend.");
        Backend = backend;
        Harness = new PollerHarness(Poller.Create(backend));
    }

    protected PollerBackend Backend { get; }

    internal PollerHarness Harness { get; }

    protected Poller Poller => Harness.Poller;

    public void Dispose()
    {
        Harness.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Bytes that differ from place to place, so that a lost, doubled or moved piece
    /// shows.</summary>
    protected static byte[] Pattern(int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i ^ (i >> 8) ^ (i >> 16));
        }

        return bytes;
    }

    /// <summary>Runs something on a thread of its own. The test stays on its thread, which is the poller's: after
    /// an await it could be another one.</summary>
    protected static Thread InBackground(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        return thread;
    }
}

namespace Gyre;

/// <summary>The calls of other loops that one loop is running.</summary>
internal sealed class RemoteCalls : IDisposable
{
    private readonly HashSet<IRemoteCall> _pending = new(ReferenceEqualityComparer.Instance);

    public static RemoteCalls Of(EventLoop loop) => loop.Attachment(static _ => new RemoteCalls());

    public void Add(IRemoteCall call) => _pending.Add(call);

    public void Remove(IRemoteCall call) => _pending.Remove(call);

    /// <summary>The loop has closed: who waits is told so.</summary>
    public void Dispose()
    {
        foreach (IRemoteCall call in _pending)
        {
            call.OnTargetClosed();
        }

        _pending.Clear();
    }
}

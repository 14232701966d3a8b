namespace Gyre;

/// <summary>The mirrors of one loop that wait for their futures.</summary>
internal sealed class FutureMirrorSet : IDisposable
{
    private readonly HashSet<FutureMirror> _pending = [];

    public static FutureMirrorSet Of(EventLoop loop) => loop.Attachment(static _ => new FutureMirrorSet());

    public void Add(FutureMirror mirror) => _pending.Add(mirror);

    public void Remove(FutureMirror mirror) => _pending.Remove(mirror);

    /// <summary>The loop has closed: who waits for one of its futures is told so.</summary>
    public void Dispose()
    {
        foreach (FutureMirror mirror in _pending)
        {
            mirror.Abandon(null, null);
        }

        _pending.Clear();
    }
}

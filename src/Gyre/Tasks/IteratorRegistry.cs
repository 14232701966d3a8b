namespace Gyre;

/// <summary>The async iterators of one loop that were begun through <c>Aio.Iterate</c> and are not closed.</summary>
/// <remarks>asyncio: the hooks of <c>sys.set_asyncgen_hooks</c>. .NET has none for its iterators, so only those are known
/// that were given here.</remarks>
internal sealed class IteratorRegistry
{
    // In the order in which they were begun.
    private readonly OrderedSet<OpenIterator> _open = new();
    private bool _shutDown;

    public bool HasOpen => _open.Count > 0;

    public static IteratorRegistry Of(EventLoop loop) => loop.Attachment(static _ => new IteratorRegistry());

    public void Add(OpenIterator iterator)
    {
        if (_shutDown)
        {
            RuntimeWarnings.Raise(
                $"async iterator '{iterator.Name}' was begun after ShutdownAsyncgens; nobody will close it");
        }

        _open.Add(iterator);
    }

    public bool Remove(OpenIterator iterator) => _open.Remove(iterator);

    /// <summary>Closes all of them side by side, and reports what they throw.</summary>
    public async Coroutine ShutDown(EventLoop loop)
    {
        _shutDown = true;
        LoopTask[] closing = [.. _open.Select(iterator => loop.CreateTask(iterator.Close(loop)))];
        _open.Clear();
        if (closing.Length > 0)
        {
            await Waiting.Wait(closing, timeout: null, WhenDone.All);
        }
    }
}

namespace Gyre;

/// <summary>An async iterator that was begun. It outlives the enumerator that the user holds, to be closed when that is
/// dropped.</summary>
// Open ──its user disposes of it────────────▶ Closed
//   ├──ShutdownAsyncgens──────────────────────▶ Closing, its errors reported
//   └──its user drops it: the finaliser posts──▶ Closing, in a task of its own
internal sealed class OpenIterator(IteratorRegistry registry, IAsyncDisposable iterator) : WorkItem
{
    private int _closing;

    /// <summary>Whether somebody has begun to close it. Any thread.</summary>
    // Pairs with the write in Close, so that the finaliser does not warn of what the loop has closed.
    public bool IsClosing => Volatile.Read(ref _closing) != 0;

    public string Name => StateMachineName.Of(iterator.GetType());

    /// <summary>Runs the iterator's finally blocks. What they throw has nobody else to go to.</summary>
    public async Coroutine Close(EventLoop loop)
    {
        Volatile.Write(ref _closing, 1);
        try
        {
            await iterator.DisposeAsync();
        }
        catch (Exception e) when (e is not CancelledException)
        {
            loop.CallExceptionHandler(new ExceptionContext
            {
                Message = $"Closing the async iterator '{Name}' threw an exception.",
                Exception = e,
                Source = iterator,
            });
        }
    }

    /// <summary>The iterator was dropped half-way.</summary>
    internal override void Execute(object? first, object? second)
    {
        if (registry.Remove(this))
        {
            var loop = (EventLoop)first!;
            loop.CreateTask(Close(loop));
        }
    }
}

using Gyre.Polling;

namespace Gyre;

/// <summary>A callback of <c>AddReader</c> or <c>AddWriter</c>.</summary>
internal sealed class WatchCallback(Action callback) : IWatchSink
{
    // What it is called in: the context in which it was added, as any callback.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    public void OnReady()
    {
        if (_context is { } context && ExecutionContext.Capture() != context)
        {
            ExecutionContext.Restore(context);
        }

        callback();
    }

    /// <summary>For reading by people: the callback's name.</summary>
    public override string ToString() => CallbackName.Of(callback);
}

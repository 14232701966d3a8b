using Gyre.Polling;

namespace Gyre;

/// <summary>A callback of <c>AddReader</c> or <c>AddWriter</c>.</summary>
internal sealed class WatchCallback(Action callback) : IWatchSink
{
    private readonly CallbackContext _context = CallbackContext.Capture();

    public void OnReady()
    {
        _context.Enter();
        callback();
    }

    /// <summary>For reading by people: the callback's name.</summary>
    public override string ToString() => CallbackName.Of(callback);
}

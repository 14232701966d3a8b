using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Counts the calls of a watch, and does something in each.</summary>
internal sealed class WatchRecorder(Action? ready = null) : IWatchSink
{
    public int Calls { get; private set; }

    public void OnReady()
    {
        Calls++;
        ready?.Invoke();
    }
}

using System.Diagnostics;

namespace Gyre.Polling;

/// <summary>One direction of a watch: who hears of it, and whether once.</summary>
/// <remarks>
/// <code>
///   Idle ──Start──▶ Armed ──OnReady──▶ Queued ──Execute──▶ Armed (level), Idle (once)
///    ▲                │                  │
///    └──────Stop──────┴───────Stop───────┘   (Execute then finds another sink, or none, and does nothing)
/// </code>
/// </remarks>
internal sealed class WatchOperation(BackendWatch watch) : QueuedOperation
{
    // For whom it was queued. Whoever has taken its place since was not meant.
    private IWatchSink? _readyFor;

    public IWatchSink? Sink { get; private set; }

    public bool IsOnce { get; private set; }

    /// <summary>Whether each poll is to tell of it.</summary>
    public bool IsLevel => Sink is not null && !IsOnce;

    public void Start(IWatchSink sink, bool once)
    {
        if (Sink is null)
        {
            watch.Operations.OnArmed();
        }

        Sink = sink;
        IsOnce = once;
        _readyFor = null;
    }

    public bool Stop()
    {
        if (Sink is null)
        {
            return false;
        }

        Sink = null;
        _readyFor = null;
        watch.Operations.OnDisarmed();
        return true;
    }

    /// <summary>The system says that the direction is ready.</summary>
    public void OnReady(IReadyQueue ready)
    {
        if (Sink is not null)
        {
            _readyFor = Sink;
            EnqueueOnce(ready);
        }
    }

    public override void Execute()
    {
        IsQueued = false;
        IWatchSink? sink = _readyFor;
        _readyFor = null;
        if (sink is null)
        {
            return;
        }

        Debug.Assert(ReferenceEquals(sink, Sink), "A change of the sink forgets for whom this was queued.");
        if (IsOnce)
        {
            Stop();
            watch.Update();
        }

        sink.OnReady();
    }
}

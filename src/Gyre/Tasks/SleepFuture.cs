namespace Gyre;

/// <summary>A future that a timer ends, or the end of others.</summary>
internal sealed class SleepFuture : Future
{
    private readonly SleepTimer _timer;
    private readonly IReadOnlyCollection<Future>? _waitsFor;

    public SleepFuture(EventLoop loop, IReadOnlyCollection<Future>? waitsFor = null)
        : base(loop)
    {
        _timer = new SleepTimer(this);
        _waitsFor = waitsFor;
    }

    internal override IReadOnlyCollection<Future> WaitsFor => _waitsFor ?? [];

    public void Start(TimeSpan delay) => Loop.AddTimer(_timer, EventLoop.AddTicks(Loop.NowTicks, delay));

    public void Stop() => _timer.CancelTimer();

    /// <summary>Ends the future now, if it is not done. The timer goes with it.</summary>
    public void Release()
    {
        _timer.CancelTimer();
        TryFinish();
    }

    internal override string Describe() => _waitsFor is null ? "sleep" : "wait";

    private sealed class SleepTimer(SleepFuture future) : LoopTimer(future.Loop)
    {
        private protected override void Fire() => future.TryFinish();
    }
}

namespace Gyre;

/// <summary>A future that a timer ends.</summary>
internal sealed class SleepFuture : Future
{
    private readonly SleepTimer _timer;

    public SleepFuture(EventLoop loop)
        : base(loop) => _timer = new SleepTimer(this);

    public void Start(TimeSpan delay) => Loop.AddTimer(_timer, EventLoop.AddTicks(Loop.NowTicks, delay));

    public void Stop() => _timer.CancelTimer();

    /// <summary>Ends the future now, if it is not done. The timer goes with it.</summary>
    public void Release()
    {
        _timer.CancelTimer();
        TryFinish();
    }

    internal override string Describe() => "sleep";

    private sealed class SleepTimer(SleepFuture future) : LoopTimer(future.Loop)
    {
        private protected override void Fire() => future.TryFinish();
    }
}

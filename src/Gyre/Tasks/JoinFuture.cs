namespace Gyre;

/// <summary>A future that the end of others ends, or a timer.</summary>
internal sealed class JoinFuture(EventLoop loop, IReadOnlyCollection<Future> waitsFor) : SleepFuture(loop)
{
    internal override IReadOnlyCollection<Future> WaitsFor => waitsFor;

    internal override string Describe() => "wait";
}

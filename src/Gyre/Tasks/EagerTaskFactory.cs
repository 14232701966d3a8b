namespace Gyre;

/// <summary>Starts every task eagerly whose caller has not said otherwise.</summary>
internal sealed class EagerTaskFactory(LoopTaskFactory? inner) : LoopTaskFactory
{
    public static EagerTaskFactory Instance { get; } = new(inner: null);

    public override LoopTask CreateTask(EventLoop loop, Coroutine coroutine, LoopTaskOptions options) =>
        inner is null
            ? base.CreateTask(loop, coroutine, Eager(options))
            : inner.CreateTask(loop, coroutine, Eager(options));

    public override LoopTask<T> CreateTask<T>(EventLoop loop, Coroutine<T> coroutine, LoopTaskOptions options) =>
        inner is null
            ? base.CreateTask(loop, coroutine, Eager(options))
            : inner.CreateTask(loop, coroutine, Eager(options));

    private static LoopTaskOptions Eager(in LoopTaskOptions options) =>
        options with { EagerStart = options.EagerStart ?? true };
}

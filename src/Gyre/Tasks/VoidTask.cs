namespace Gyre;

/// <summary>A task without a result.</summary>
internal sealed class VoidTask(TaskRegistry registry, CoroutineBox root, in LoopTaskOptions options)
    : LoopTask(registry, root, options)
{
    private protected override void FinishWithResult(CoroutineBox root)
    {
        root.Free();
        TryFinish();
    }
}

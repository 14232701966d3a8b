namespace Gyre;

/// <summary>A task without a result.</summary>
internal sealed class VoidTask(TaskRegistry registry, CoroutineBox root, in TaskStart start)
    : LoopTask(registry, root, start)
{
    private protected override void FinishWithResult(CoroutineBox root)
    {
        root.Free();
        TryFinish();
    }
}

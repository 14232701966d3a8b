namespace Gyre;

/// <summary>A coroutine that returns at once: the default coroutine where a box is needed, and an await of what is done
/// where the task may have to give way.</summary>
internal sealed class CompletedBox : CoroutineBox<VoidResult>
{
    [ThreadStatic]
    private static CompletedBox? t_passing;

    private CompletedBox() => GC.SuppressFinalize(this);

    public override string Name => "completed";

    /// <summary>The thread's own, for an await that the trampoline runs next: it is free again before anything else
    /// runs.</summary>
    public static CompletedBox Passing
    {
        get
        {
            CompletedBox box = t_passing ??= new CompletedBox();
            box.MarkCreated();
            return box;
        }
    }

    public static CompletedBox Create()
    {
        var box = new CompletedBox();
        box.MarkCreated();
        return box;
    }

    public override void MoveNext() => Complete(default);

    private protected override void ReturnToPool()
    {
    }
}

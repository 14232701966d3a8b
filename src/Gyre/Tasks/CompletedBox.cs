namespace Gyre;

/// <summary>The root of a task that was made of the default, completed, coroutine.</summary>
internal sealed class CompletedBox : CoroutineBox<VoidResult>
{
    private CompletedBox() => GC.SuppressFinalize(this);

    public override string Name => "completed";

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

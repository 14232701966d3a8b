using System.Diagnostics.CodeAnalysis;

namespace Gyre;

/// <summary>Empty blocks for the next time: a few to keep, and those that a burst has left for as long as the
/// collector leaves them.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class BurstPool<T>(int keptMax)
    where T : class
{
    private readonly Stack<T> _kept = new(keptMax);
    private readonly WeakReference<Stack<T>> _spare = new(null!);

    public bool TryTake([MaybeNullWhen(false)] out T block) =>
        (_spare.TryGetTarget(out Stack<T>? spare) && spare.TryPop(out block)) || _kept.TryPop(out block);

    public void Return(T block)
    {
        if (_kept.Count < keptMax)
        {
            _kept.Push(block);
            return;
        }

        if (!_spare.TryGetTarget(out Stack<T>? spare))
        {
            spare = new Stack<T>();
            _spare.SetTarget(spare);
        }

        spare.Push(block);
    }
}

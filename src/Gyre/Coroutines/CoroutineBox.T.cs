using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>A box with a result.</summary>
internal abstract class CoroutineBox<T> : CoroutineBox
{
    private T? _result;

    public void Complete(T result)
    {
        _result = result;
        MarkCompleted();
    }

    public sealed override object Give(ICoroutineUser user, int version) => user.Use(new Coroutine<T>(this, version));

    /// <summary>Takes the result, or throws the error, and frees the box.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T TakeResult(int version)
    {
        ThrowIfFailed(version);
        T result = _result!;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            // The pool must not keep it alive.
            _result = default;
        }

        Free();
        return result;
    }
}

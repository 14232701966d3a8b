using System.Diagnostics;

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
    [StackTraceHidden]
    public T TakeResult(int version)
    {
        ThrowIfFailed(version);
        T result = _result!;
        _result = default;
        Free();
        return result;
    }
}

namespace Gyre;

/// <summary>A call of a function with a result.</summary>
internal abstract class ExecutorCall<T>(Executor executor, Func<T> function) : ExecutorCall(executor)
{
    private Func<T>? _function = function;

    private protected abstract void DeliverResult(T result);

    private protected sealed override void Invoke()
    {
        Func<T> function = _function!;
        Release();
        T result;
        try
        {
            result = function();
        }
        catch (Exception e)
        {
            DeliverError(e);
            return;
        }

        DeliverResult(result);
    }

    private protected sealed override void Release() => _function = null;
}

using System.ComponentModel;
using System.Diagnostics;

namespace Gyre;

/// <summary>A future whose result is set by whoever made it.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks>Loop thread only. Made by <c>loop.CreateFuture&lt;T&gt;()</c>. asyncio: <c>Future</c>.</remarks>
public class Future<T> : Future, IFutureResult<T>, IAwaitable<T>
{
    private T? _result;

    internal Future(EventLoop loop)
        : base(loop)
    {
    }

    /// <summary>The result of a future that is done. Never waits. asyncio: <c>result()</c>.</summary>
    /// <exception cref="CancelledException">The future was cancelled.</exception>
    /// <exception cref="InvalidStateException">The future is not done.</exception>
    public T Result
    {
        [StackTraceHidden]
        get
        {
            ThrowIfNotSuccessful();
            return _result!;
        }
    }

    /// <summary>The result of a future that is known to have one.</summary>
    internal T ResultOfSuccess => _result!;

    /// <summary>Ends the future with a result. asyncio: <c>set_result</c>.</summary>
    /// <exception cref="InvalidStateException">The future is done already.</exception>
    public void SetResult(T result)
    {
        if (!TrySetResult(result))
        {
            throw AlreadyDone();
        }
    }

    /// <summary>Ends the future with a result, if it is not done.</summary>
    /// <returns>False when the future is done already.</returns>
    public bool TrySetResult(T result)
    {
        Loop.AssertOnLoop();
        if (IsDone)
        {
            return false;
        }

        _result = result;
        return TryFinish();
    }

    /// <summary>Ends the future with an error. asyncio: <c>set_exception</c>.</summary>
    /// <remarks>An error that nobody retrieves is reported to the loop's exception handler.</remarks>
    /// <exception cref="InvalidStateException">The future is done already.</exception>
    public void SetException(Exception exception)
    {
        if (!TrySetException(exception))
        {
            throw AlreadyDone();
        }
    }

    /// <summary>Ends the future with an error, if it is not done.</summary>
    /// <returns>False when the future is done already.</returns>
    public bool TrySetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Loop.AssertOnLoop();
        return TryFinishFailed(CarriedError.Capture(exception));
    }

    /// <inheritdoc cref="Future.AddDoneCallback"/>
    public void AddDoneCallback(Action<Future<T>> callback, ExecutionContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        AddWrappedCallback(callback, future => callback((Future<T>)future), context);
    }

    /// <inheritdoc cref="Future.RemoveDoneCallback(Action{Future})"/>
    public int RemoveDoneCallback(Action<Future<T>> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RemoveWrappedCallback(callback);
    }

    Awaitable IAwaitable<T>.AsAwaitable() => this;

    /// <summary>Awaits the result. For the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public new FutureAwaiter<T> GetAwaiter() => new(this);

    private protected override string? DescribeResult() => DescribeResult(_result);
}

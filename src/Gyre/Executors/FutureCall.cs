namespace Gyre;

/// <summary>A call whose outcome goes to a future of a loop.</summary>
/// <remarks>The executor's thread stores the outcome here and posts; the loop's thread carries it to the
/// future. The lock of the loop's inbox orders the two.</remarks>
internal sealed class FutureCall<T> : ExecutorCall<T>
{
    private T? _result;
    private CarriedError? _error;
    private bool _cancelled;

    public FutureCall(EventLoop loop, Executor executor, Func<T> function)
        : base(executor, function) => Future = new CallFuture(loop, this);

    /// <summary>Loop thread only.</summary>
    public CallFuture Future { get; }

    private protected override void DeliverResult(T result)
    {
        _result = result;
        Post();
    }

    private protected override void DeliverError(Exception error)
    {
        _error = CarriedError.Capture(error);
        Post();
    }

    private protected override void DeliverCancelled()
    {
        _cancelled = true;
        Post();
    }

    private void Post()
    {
        if (!Future.Loop.TryPostThreadSafe(Future, null, null))
        {
            ReportUnseenError("threw an exception after its loop was closed");
        }
    }

    /// <summary>Nobody waits for the outcome any more; an error must not vanish with it.</summary>
    /// <remarks>A call that notices its cancellation ends with an exception that says so. That is no
    /// news.</remarks>
    private void ReportUnseenError(string what)
    {
        if (_error is { SourceException: not OperationCanceledException and var error })
        {
            Future.Loop.ReportThreadSafe(new ExceptionContext
            {
                Message = $"A call in an executor {what}.",
                Exception = error,
                Source = Future,
            });
        }
    }

    /// <summary>The future. The loop's virtual time stands still while it waits for the call.</summary>
    internal sealed class CallFuture : Future<T>
    {
        private readonly FutureCall<T> _call;
        private bool _holdsClock = true;

        public CallFuture(EventLoop loop, FutureCall<T> call)
            : base(loop)
        {
            _call = call;
            loop.ExternalWaits++;
        }

        /// <summary>Cancels the call, or lets go of one that runs.</summary>
        public override bool Cancel(string? message = null)
        {
            if (!base.Cancel(message))
            {
                return false;
            }

            ReleaseClock();
            _call.TryCancel();
            return true;
        }

        /// <summary>The loop's time goes on without the call.</summary>
        public void ReleaseClock()
        {
            if (_holdsClock)
            {
                _holdsClock = false;
                Loop.ExternalWaits--;
            }
        }

        /// <summary>The call has ended.</summary>
        internal override void Execute(object? first, object? second)
        {
            ReleaseClock();
            if (IsDone)
            {
                _call.ReportUnseenError("threw an exception after its future was cancelled");
            }
            else if (_call._cancelled)
            {
                Cancel();
            }
            else if (_call._error is { } error)
            {
                TryFinishFailed(error);
            }
            else
            {
                TrySetResult(_call._result!);
            }
        }

        internal override void Abandon(object? first, object? second) =>
            _call.ReportUnseenError("threw an exception after its loop was closed");

        internal override string Describe() => "a call in an executor";
    }
}

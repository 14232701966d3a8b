namespace Gyre;

/// <summary>What whoever accepts does when that fails, which it does again and again while the system is out of
/// descriptors: tries again, and reports it now and then.</summary>
/// <remarks>Loop thread only.</remarks>
internal sealed class AcceptFailures(EventLoop loop, object source)
{
    /// <summary>How soon accepting is tried again after it failed. When the system is out of descriptors,
    /// each try costs two system calls, and service goes on this long after one is free.</summary>
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Failures are reported this often at the most: without descriptors they repeat with each try.</summary>
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(1);

    private TimeSpan? _lastReport;

    /// <summary>Has accepting tried again a little later.</summary>
    public TimerHandle Retry(Action accept) => loop.CallLater(s_retryDelay, accept);

    /// <summary>Reports a failure, unless one was a moment ago. The handler may close whatever accepts.</summary>
    public void Report(Exception? error)
    {
        TimeSpan now = loop.Time;
        if (_lastReport is { } last && now - last < s_reportInterval)
        {
            return;
        }

        _lastReport = now;
        loop.CallExceptionHandler(Context(error));
    }

    /// <summary>Makes ready what reports that no descriptor is left.</summary>
    /// <remarks>By then nothing can be opened: neither the error output nor an assembly that the report needs.</remarks>
    public void Prepare(Exception example)
    {
        ErrorOutput.Open();
        _ = Context(example).ToString();
    }

    private ExceptionContext Context(Exception? error) => new()
    {
        Message = "A connection could not be accepted. It waits in the backlog; accepting is tried again "
            + $"every {s_retryDelay.TotalMilliseconds} ms.",
        Exception = error,
        Source = source,
    };
}

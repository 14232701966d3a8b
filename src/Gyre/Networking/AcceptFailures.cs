namespace Gyre;

/// <summary>What whoever accepts does when that fails, which it does again and again while the system is out of
/// descriptors: tries again, and reports it now and then.</summary>
/// <remarks>Loop thread only.</remarks>
internal sealed class AcceptFailures(EventLoop loop, object source)
{
    /// <summary>How soon accepting is tried again after it failed. When the system is out of descriptors, a try opens one
    /// file in vain, and service goes on this long after there is room for the spare ones and a connection.</summary>
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Failures are reported this often at the most: without descriptors they repeat with each try.</summary>
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(1);

    private TimeSpan? _lastReport;
    private bool _isPrepared;

    /// <summary>Whether there is a descriptor to accept with, beside those that the runtime needs. If not, try again
    /// later.</summary>
    public static bool MayAccept => SpareDescriptors.TryTakeBack();

    /// <summary>Has accepting tried again a little later. Until then the runtime may use the spare descriptors.</summary>
    public TimerHandle Retry(Action accept)
    {
        SpareDescriptors.GiveUp();
        return loop.CallLater(s_retryDelay, accept);
    }

    /// <summary>Nothing is accepted any more.</summary>
    public void Close()
    {
        if (_isPrepared)
        {
            _isPrepared = false;
            loop.Attachment(static _ => new SpareUse()).Remove();
        }
    }

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
        if (!_isPrepared)
        {
            _isPrepared = true;
            loop.Attachment(static _ => new SpareUse()).Add();
        }

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

    /// <summary>How many on a loop accept. A loop that is closed ends what its servers have begun.</summary>
    private sealed class SpareUse : IDisposable
    {
        private int _users;

        public void Add()
        {
            _users++;
            SpareDescriptors.AddUser();
        }

        public void Remove()
        {
            if (_users > 0)
            {
                _users--;
                SpareDescriptors.RemoveUser();
            }
        }

        public void Dispose()
        {
            while (_users > 0)
            {
                Remove();
            }
        }
    }
}

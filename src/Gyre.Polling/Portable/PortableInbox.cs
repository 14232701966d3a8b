namespace Gyre.Polling;

/// <summary>What other threads may touch of a portable poller: completions that they report, and
/// wakes.</summary>
/// <remarks>One lock guards everything here.</remarks>
internal sealed class PortableInbox
{
    // Not a Lock: the owner waits on it.
    private readonly object _gate = new();
    private List<IPortableReport> _completed = [];
    private List<IPortableReport> _spare = [];
    private bool _woken;
    private bool _closed;

    // How to end a wait of the owner that is not here but with the sockets that are watched.
    private PortableSelector? _selector;

    /// <summary>Reports a request that completed, or a wait that ended. Any thread.</summary>
    /// <returns>False when the poller is gone, and nobody will look at it.</returns>
    public bool TryPost(IPortableReport report)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _completed.Add(report);
            Monitor.Pulse(_gate);
            EndSelect();
            return true;
        }
    }

    /// <summary>Says that the owner is about to wait for sockets. False when there is something to take already.
    /// Owner only.</summary>
    public bool TryBeginSelect(PortableSelector selector)
    {
        lock (_gate)
        {
            if (_completed.Count > 0 || _woken)
            {
                return false;
            }

            _selector = selector;
            return true;
        }
    }

    /// <summary>The owner no longer waits for sockets. Owner only.</summary>
    public void OnSelected()
    {
        lock (_gate)
        {
            _selector = null;
        }
    }

    /// <summary>Ends the owner's wait, or keeps it from waiting the next time. Any thread.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
            EndSelect();
        }
    }

    /// <summary>Takes the completions so far, waiting for one, or for a wake, when there is none. Owner only.
    /// </summary>
    /// <param name="milliseconds">0 looks, -1 waits for ever.</param>
    /// <returns>In the order of their completion. Valid until the next call.</returns>
    public List<IPortableReport> Take(int milliseconds)
    {
        lock (_gate)
        {
            if (_completed.Count == 0 && !_woken && milliseconds != 0)
            {
                Monitor.Wait(_gate, milliseconds);
            }

            _woken = false;
            _spare.Clear();
            (_completed, _spare) = (_spare, _completed);
            return _spare;
        }
    }

    /// <summary>Refuses what comes from here on, and gives what came before.</summary>
    public List<IPortableReport> Close()
    {
        lock (_gate)
        {
            _closed = true;
            return _completed;
        }
    }

    // Under the lock: a datagram to ourselves does not block. The first one of a wait is enough.
    private void EndSelect()
    {
        _selector?.Wake();
        _selector = null;
    }
}

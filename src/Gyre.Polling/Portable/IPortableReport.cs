namespace Gyre.Polling;

/// <summary>Something that another thread reports to the owner of a portable poller.</summary>
internal interface IPortableReport
{
    /// <summary>The owner has taken it out of the inbox, and queues what waits for it. Owner thread only.</summary>
    void Take(IReadyQueue ready);

    /// <summary>Nobody will take it: the poller is gone. Any thread.</summary>
    void Discard();
}

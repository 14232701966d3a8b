namespace Gyre.Tool;

/// <summary>Shows a run while it goes on.</summary>
internal interface IFetchReport
{
    /// <summary>Called once, before anything else.</summary>
    void Begin(FetchMeter meter);

    /// <summary>Called as each URL completes.</summary>
    void Add(FetchResult result);

    /// <summary>Called a few times a second, to renew what moves.</summary>
    void Refresh();

    /// <summary>Called once, at the end.</summary>
    void End(FetchSummary summary);
}

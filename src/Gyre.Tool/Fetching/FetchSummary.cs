namespace Gyre.Tool;

/// <summary>How a run ended.</summary>
/// <param name="Results">What is done, in the order of completion.</param>
/// <param name="Total">The time of the whole run.</param>
/// <param name="Interrupted">How many URLs were not done when Ctrl-C ended the run; null when it was not ended.</param>
internal sealed record FetchSummary(IReadOnlyList<FetchResult> Results, TimeSpan Total, int? Interrupted)
{
    public int Ok => Results.Count(result => result.IsOk);

    public int Failed => Results.Count - Ok;

    /// <summary>The sum of the single times: what it would have taken one after another.</summary>
    public TimeSpan Sum => new(Results.Sum(result => result.Duration.Ticks));

    /// <summary>How many times longer the single times are together than the run was.</summary>
    public double Ratio => Total > TimeSpan.Zero ? Sum / Total : 0;

    public int ExitCode => Interrupted is not null ? Tool.ExitCode.Interrupted
        : Failed > 0 ? Tool.ExitCode.SomeFailed
        : Tool.ExitCode.Ok;
}

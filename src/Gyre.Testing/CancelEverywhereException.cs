namespace Gyre.Testing;

/// <summary>A scenario failed when its coroutine was cancelled at one moment. The inner exception says
/// how.</summary>
public sealed class CancelEverywhereException : Exception
{
    internal CancelEverywhereException(CancelMoment moment, CancelWays way, Exception error)
        : base(
            $"Failed when cancelled {Name(way)} at {moment}{Environment.NewLine}"
            + $"CancelEverywhere.RunAt({moment.Number}, CancelWays.{way}, …) runs this alone."
            + Environment.NewLine + error.Message,
            error)
    {
        Moment = moment;
        Way = way;
    }

    /// <summary>When the coroutine was cancelled.</summary>
    public CancelMoment Moment { get; }

    /// <summary>How it was cancelled.</summary>
    public CancelWays Way { get; }

    private static string Name(CancelWays way) => way switch
    {
        CancelWays.Repeatedly => "repeatedly, first",
        CancelWays.ByScope => "by a scope",
        _ => "once",
    };
}

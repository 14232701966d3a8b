namespace Gyre.Tool;

/// <summary>What <c>gyre fetch</c> was asked to do. Checked.</summary>
internal sealed record FetchOptions
{
    public const int ConcurrencyDefault = 500;
    public const int TimeoutSecondsDefault = 100;
    public const long SizeBytesMaxDefault = 1L << 30;

    /// <summary>What to fetch. Empty: the tool's own site.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>How many URLs are fetched at once, at most.</summary>
    public int Concurrency { get; init; } = ConcurrencyDefault;

    /// <summary>How long one try of one URL may take. Null: as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.FromSeconds(TimeoutSecondsDefault);

    /// <summary>How many more tries a URL gets after the first one failed.</summary>
    public int Retries { get; init; }

    /// <summary>Where the bodies go. Null: they are counted and dropped.</summary>
    public string? OutputDirectory { get; init; }

    public bool Json { get; init; }

    /// <summary>The longest body that is taken.</summary>
    public long SizeBytesMax { get; init; } = SizeBytesMaxDefault;
}

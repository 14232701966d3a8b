namespace Gyre.Tool;

/// <summary>How one URL ended.</summary>
internal sealed record FetchResult
{
    public required Uri Url { get; init; }

    /// <summary>The status of the last answer, after redirects. Null when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>The bytes of the body that came, decompressed.</summary>
    public long Bytes { get; init; }

    /// <summary>When the first try began, from the start of the run.</summary>
    public required TimeSpan Start { get; init; }

    /// <summary>From the start of the first try to the end of the last one.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>One line that says what went wrong. Null when nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>How often it was tried again.</summary>
    public int Retries { get; init; }

    public bool IsOk => Error is null;

    public TimeSpan End => Start + Duration;
}

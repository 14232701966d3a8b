using System.Text;

namespace Gyre.Tool;

/// <summary>One page of the tool's own site.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Delay">How long the server waits before it answers.</param>
/// <param name="IsChunked">Whether the body is sent in chunks, without its length.</param>
/// <param name="RedirectedFrom">Another path, which redirects to the page; null when there is none.</param>
internal sealed record DemoPage(int Number, TimeSpan Delay, bool IsChunked, string? RedirectedFrom)
{
    private const int ChunkedNumber = 7;
    private const int RedirectedNumber = 12;

    // Mixed, so that the order of completion is not the order of the list.
    private static readonly int[] s_delaysMs =
    [
        310, 120, 500, 70, 260, 430, 190, 90, 380, 240, 480, 140, 330, 50, 400, 210, 450, 170, 350, 280,
    ];

    /// <summary>The pages: twenty, each with a delay of its own between 50 and 500 ms.</summary>
    public static IReadOnlyList<DemoPage> All { get; } =
    [
        .. s_delaysMs.Select((delay, index) => new DemoPage(
            index + 1,
            TimeSpan.FromMilliseconds(delay),
            IsChunked: index + 1 == ChunkedNumber,
            RedirectedFrom: index + 1 == RedirectedNumber ? "/moved" : null)),
    ];

    public string Path => Units.Text($"/page/{Number:00}");

    /// <summary>The path that is fetched.</summary>
    public string EntryPath => RedirectedFrom ?? Path;

    public byte[] Body()
    {
        var text = new StringBuilder();
        text.Append(Units.Text($"<!doctype html>\n<title>Page {Number}</title>\n"));
        for (int line = 1; line <= 10 * Number; line++)
        {
            text.Append(Units.Text($"<p>Line {line} of page {Number}, which took {Delay.TotalMilliseconds} ms.</p>\n"));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

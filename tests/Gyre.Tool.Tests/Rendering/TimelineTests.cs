using CsCheck;

namespace Gyre.Tool.Tests;

public class TimelineTests
{
    [Fact]
    public void Rows_RequestsAtOnce_Overlap()
    {
        IReadOnlyList<TimelineRow> rows = Timeline.Rows(
            Summary(100, ("http://h/a", 0, 100), ("http://h/b", 0, 50), ("http://h/c", 50, 50)), 100);
        Assert.Equal(["/b", "/a", "/c"], rows.Select(row => row.Label));
        int width = rows[1].Length;
        Assert.Equal((0, 0), (rows[1].Before, rows[1].After));
        Assert.InRange(rows[0].Length, (width / 2) - 1, (width / 2) + 1);
        Assert.InRange(rows[2].Before, (width / 2) - 1, (width / 2) + 1);
        Assert.Equal(0, rows[2].After);
        Assert.Equal(["50 ms", "100 ms", "50 ms"], rows.Select(row => row.Time));
    }

    [Fact]
    public void Rows_SeveralHosts_AreNamed()
    {
        IReadOnlyList<TimelineRow> rows = Timeline.Rows(
            Summary(10, ("http://h/a", 0, 10), ("http://i:8080/a", 0, 10)), 100);
        Assert.Equal(["h/a      ", "i:8080/a "], rows.Select(row => row.Label + " "));
    }

    [Fact]
    public void Rows_ManyRequests_ShowsTheSlowest()
    {
        var results = Enumerable.Range(0, 100).Select(i => ($"http://h/{i}", 100 - i, i)).ToArray();
        IReadOnlyList<TimelineRow> rows = Timeline.Rows(Summary(100, results), 100);
        Assert.Equal(Timeline.RowsMax, rows.Count);
        Assert.Equal("/99", rows[0].Label);
        Assert.DoesNotContain(rows, row => row.Label == "/1");
    }

    [Fact]
    public void Rows_NoResults_IsEmpty() => Assert.Empty(Timeline.Rows(Summary(100), 100));

    [Fact]
    public void Rows_AnyRequests_FillTheWidth() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.String[Gen.Char['a', 'z'], 0, 80]).List[1, 50]
            .Select(Gen.Int[40, 200])
            .Sample((requests, width) =>
            {
                FetchSummary summary = Summary(
                    2000, [.. requests.Select(request => ($"http://h/{request.Item3}", request.Item1, request.Item2))]);
                foreach (TimelineRow row in Timeline.Rows(summary, width))
                {
                    Assert.True(row is { Before: >= 0, Length: >= 1, After: >= 0 });
                    Assert.Equal(width, row.Label.Length + row.Before + row.Length + row.After + 2 + 9);
                }
            });

    private static FetchSummary Summary(int total, params (string Url, int Start, int Duration)[] results) => new(
        [
            .. results.Select(result => new FetchResult
            {
                Url = new Uri(result.Url),
                Status = 200,
                Start = TimeSpan.FromMilliseconds(result.Start),
                Duration = TimeSpan.FromMilliseconds(result.Duration),
            }),
        ],
        TimeSpan.FromMilliseconds(total),
        Interrupted: null);
}

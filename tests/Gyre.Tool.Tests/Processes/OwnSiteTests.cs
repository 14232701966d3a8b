using System.Text.Json;

namespace Gyre.Tool.Tests;

/// <summary>Without a URL: the site of the tool itself.</summary>
[Collection(nameof(Alone))]
public class OwnSiteTests
{
    [Fact]
    public void Pages_OfTheSite_AreTwentyWithDelaysOfTheirOwn()
    {
        Assert.Equal(20, DemoPage.All.Count);
        Assert.Equal(20, DemoPage.All.Select(page => page.Delay).Distinct().Count());
        Assert.All(DemoPage.All, page => Assert.InRange(page.Delay.TotalMilliseconds, 50, 500));
        Assert.Single(DemoPage.All, page => page.IsChunked);
        Assert.Single(DemoPage.All, page => page.RedirectedFrom is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fetch_WithoutUrl_TakesAsLongAsTheSlowestPage(bool inProcess)
    {
        // A machine with other work to do only adds: the best of some, and all pages every time.
        const int Attempts = 10;
        double ratio = double.MaxValue;
        for (int i = 0; i < Attempts && ratio > 1.5; i++)
        {
            ratio = Math.Min(ratio, FetchAll(inProcess));
        }

        Assert.InRange(ratio, 1, 1.5);
    }

    /// <returns>How many times as long it took as the slowest page.</returns>
    private static double FetchAll(bool inProcess)
    {
        ToolRun run = inProcess ? ToolRun.Of("fetch", "--json") : ToolProcess.Run(["fetch", "--json"]);
        Assert.Empty(run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(20, run.JsonResults.Length);
        Assert.All(run.JsonResults, result => Assert.Equal(200, result.GetProperty("status").GetInt32()));
        Assert.Equal(
            DemoPage.All.Select(page => page.Body().LongLength).Order(),
            run.JsonResults.Select(result => result.GetProperty("bytes").GetInt64()).Order());
        JsonElement summary = run.JsonSummary;
        double slowest = run.JsonResults.Max(result => result.GetProperty("ms").GetDouble());
        Assert.InRange(slowest, 500, double.MaxValue);
        Assert.InRange(summary.GetProperty("sum_ms").GetDouble(), 5000, double.MaxValue);
        return summary.GetProperty("total_ms").GetDouble() / slowest;
    }

    [Fact]
    public void Fetch_WithoutUrl_DrawsTwentyBars()
    {
        ToolRun run = ToolProcess.Run(["fetch"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(20, run.OutLines.Count(line => line.StartsWith("200 ", StringComparison.Ordinal)));
        string[] bars = [.. run.OutLines.Where(line => line.Contains('█') || line.Contains("=="))];
        Assert.Equal(20, bars.Length);
        Assert.Contains(bars, bar => bar.StartsWith("/moved "));
        Assert.StartsWith("total ", run.OutLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Fetch_Output_WritesThePages()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, ToolRun.Of("fetch", "--output", folder.FullPath).ExitCode);
        foreach (DemoPage page in DemoPage.All)
        {
            string name = Path.GetFileName(page.EntryPath);
            Assert.Equal(page.Body(), File.ReadAllBytes(folder.PathOf(name)));
        }
    }
}

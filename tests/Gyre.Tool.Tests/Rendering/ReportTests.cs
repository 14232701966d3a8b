using System.Text.Json;
using Spectre.Console;

namespace Gyre.Tool.Tests;

public class ReportTests
{
    private static readonly FetchResult s_ok = new()
    {
        Url = new Uri("http://h/a?x=1&y=<2>"),
        Status = 200,
        Bytes = 1234,
        Start = TimeSpan.Zero,
        Duration = TimeSpan.FromMilliseconds(12.3456),
    };

    private static readonly FetchResult s_failed = new()
    {
        Url = new Uri("http://h/[b]"),
        Start = TimeSpan.Zero,
        Duration = TimeSpan.FromMilliseconds(20),
        Error = "it\nbroke [bold] \u001b[2J",
        Retries = 2,
    };

    [Fact]
    public void Json_Results_HaveExactlyTheFields()
    {
        string[] lines = Play(console => new JsonReport(console));
        Assert.Equal(3, lines.Length);
        Assert.Equal("""{"url":"http://h/a?x=1&y=<2>","status":200,"bytes":1234,"ms":12.346,"error":null}""", lines[0]);
        JsonElement failed = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal(["url", "status", "bytes", "ms", "error"], failed.EnumerateObject().Select(field => field.Name));
        Assert.Equal(JsonValueKind.Null, failed.GetProperty("status").ValueKind);
        Assert.Equal("it broke [bold] [2J", failed.GetProperty("error").GetString());
        Assert.Equal("""{"ok":1,"failed":1,"total_ms":25,"sum_ms":32.346}""", lines[2]);
    }

    [Fact]
    public void Plain_Results_AreLinesWithoutControls()
    {
        string[] lines = Play(console => new PlainReport(console));
        Assert.Equal("200    1.2 kB     12 ms  http://h/a?x=1&y=<2>", lines[0]);
        Assert.Equal("---       0 B     20 ms  http://h/[b]: it broke [bold] [2J (after 2 retries)", lines[1]);
        Assert.Equal("1 ok, 1 failed", lines[^2]);
        Assert.Equal("total 25 ms, sum of the single times 32 ms, ratio 1.3", lines[^1]);
        Assert.Equal(2, lines.Count(line => line.Contains('█', StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
    }

    [Fact]
    public void Plain_Interrupted_SaysWhatIsLeft()
    {
        string[] lines = Play(console => new PlainReport(console), interrupted: 7);
        Assert.Equal("1 ok, 1 failed, 7 not done: interrupted", lines[^2]);
    }

    [Fact]
    public void Live_Results_AreShownAboveTheBar()
    {
        string text = string.Join('\n', Play(console => new LiveReport(console, Terminal(console))));
        int first = text.IndexOf("http://h/a?x=1&y=<2>", StringComparison.Ordinal);
        int second = text.IndexOf("http://h/[b]", StringComparison.Ordinal);
        int bar = text.LastIndexOf("2 of 2", StringComparison.Ordinal);
        Assert.True(first > 0 && second > first && bar > second);
        Assert.Contains("1 ok, 1 failed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", text, StringComparison.Ordinal);

        // The cursor is hidden while it moves, and back at the end.
        int hidden = text.IndexOf("\u001b[?25l", StringComparison.Ordinal);
        Assert.True(text.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > hidden);
    }

    private static IAnsiConsole Terminal(ToolConsole console)
    {
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(console.Out),
        });
        terminal.Profile.Width = console.Width;
        return terminal;
    }

    private static string[] Play(Func<ToolConsole, IFetchReport> create, int? interrupted = null)
    {
        using var output = new StringWriter();
        IFetchReport report = create(new ToolConsole(TextReader.Null, output, TextWriter.Null, TerminalWidth: 120));
        var meter = new FetchMeter(2);
        report.Begin(meter);
        report.Add(s_ok);
        meter.Done++;
        report.Refresh();
        report.Add(s_failed);
        meter.Done++;
        meter.Failed++;
        report.Refresh();
        report.End(new FetchSummary([s_ok, s_failed], TimeSpan.FromMilliseconds(25), interrupted));
        return output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}

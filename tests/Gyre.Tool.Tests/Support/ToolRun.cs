using System.Text.Json;

namespace Gyre.Tool.Tests;

/// <summary>What a command line did, run inside the test's process.</summary>
internal sealed record ToolRun(int ExitCode, string Out, string Error)
{
    public string[] OutLines => Lines(Out);

    public string[] ErrorLines => Lines(Error);

    /// <summary>The objects of <c>--json</c>, but for the last one.</summary>
    public JsonElement[] JsonResults => [.. OutLines[..^1].Select(Parse)];

    /// <summary>The last object of <c>--json</c>.</summary>
    public JsonElement JsonSummary => Parse(OutLines[^1]);

    public static ToolRun Of(params string[] args) => OfInput("", args);

    public static ToolRun OfInput(string input, params string[] args)
    {
        using var standardOut = new StringWriter();
        using var standardError = new StringWriter();
        var console = new ToolConsole(new StringReader(input), standardOut, standardError, TerminalWidth: null);
        int code = GyreCommand.Invoke(args, console);
        return new ToolRun(code, standardOut.ToString(), standardError.ToString());
    }

    /// <summary>The object of one URL.</summary>
    public JsonElement JsonOf(Uri url) =>
        Assert.Single(JsonResults, result => result.GetProperty("url").GetString() == url.OriginalString);

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;
}

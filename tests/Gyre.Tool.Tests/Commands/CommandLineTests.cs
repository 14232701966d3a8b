namespace Gyre.Tool.Tests;

public class CommandLineTests
{
    [Fact]
    public void Version_Always_IsOneLine()
    {
        ToolRun run = ToolRun.Of("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^gyre \d+\.\d+\.\d+", Assert.Single(run.OutLines));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("fetch", "--help")]
    [InlineData("fetch", "--nonsense", "--help")]
    public void Help_Always_ShowsExamples(params string[] args)
    {
        ToolRun run = ToolRun.Of(args);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:", run.Out, StringComparison.Ordinal);
        Assert.Contains("gyre fetch", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--from")]
    [InlineData("--concurrency")]
    [InlineData("--timeout")]
    [InlineData("--retries")]
    [InlineData("--output")]
    [InlineData("--json")]
    [InlineData("--sequential")]
    [InlineData("--max-size")]
    [InlineData("130")]
    public void FetchHelp_Always_TellsOfEverything(string what) =>
        Assert.Contains(what, ToolRun.Of("fetch", "--help").Out, StringComparison.Ordinal);

    [Fact]
    public void NoArguments_Always_ShowsHelpAsAnError()
    {
        ToolRun run = ToolRun.Of();
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.Contains("fetch", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no command or option 'fletch'", "fletch")]
    [InlineData("there is no command or option '--bogus'", "--bogus")]
    [InlineData("there is no option '--bogus'", "fetch", "--bogus")]
    [InlineData("'a.com' is not an http or https URL; did you mean https://a.com ?", "fetch", "a.com")]
    [InlineData("'ftp://example.com/' is not an http or https URL", "fetch", "ftp://example.com/")]
    [InlineData("'http://' is not an http or https URL", "fetch", "http://")]
    [InlineData("'' is not an http or https URL", "fetch", "")]
    [InlineData("--concurrency takes a whole number from 1 to 100000, not '0'", "fetch", "--concurrency", "0")]
    [InlineData("--concurrency takes a whole number from 1 to 100000, not '2.5'", "fetch", "--concurrency", "2.5")]
    [InlineData("--timeout takes a number from 0 to 1000000, not 'NaN'", "fetch", "--timeout", "NaN")]
    [InlineData("--timeout takes a number from 0 to 1000000, not 'soon'", "fetch", "--timeout", "soon")]
    [InlineData("--timeout takes a number from 0 to 1000000, not '-1'", "fetch", "--timeout", "-1")]
    [InlineData("--retries takes a whole number from 0 to 100, not '101'", "fetch", "--retries", "101")]
    [InlineData("--max-size takes a whole number of at least 0, not '1e3'", "fetch", "--max-size", "1e3")]
    [InlineData(
        "--sequential means --concurrency 1: give only one of the two", "fetch", "--sequential", "--concurrency", "9")]
    public void Arguments_ThatMakeNoSense_AreNamed(string message, params string[] args)
    {
        ToolRun run = ToolRun.Of(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.Equal($"gyre: {message}", run.ErrorLines[0]);
        Assert.StartsWith("Try 'gyre", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(2, run.ErrorLines.Length);
    }

    [Fact]
    public void Option_WithoutValue_IsNamed()
    {
        ToolRun run = ToolRun.Of("fetch", "--timeout");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--timeout", run.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Option_GivenTwice_IsNamed()
    {
        ToolRun run = ToolRun.Of("fetch", "--timeout", "1", "--timeout", "2");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--timeout", run.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Output_ThatIsAFile_IsNamed()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("file", "");
        ToolRun run = ToolRun.Of("fetch", "http://127.0.0.1/", "--output", file);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"gyre: --output: cannot make {file}", run.ErrorLines[0], StringComparison.Ordinal);
    }
}

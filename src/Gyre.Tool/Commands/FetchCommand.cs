using System.CommandLine;

namespace Gyre.Tool;

/// <summary>The options of <c>gyre fetch</c>, and what they mean together.</summary>
internal sealed class FetchCommand
{
    public const string Name = "fetch";

    private readonly ToolConsole _console;

    private readonly Argument<string[]> _urls = new("URL")
    {
        Description = "http and https URLs. With none, and without --from, a site of its own on 127.0.0.1",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "Read more URLs from a file, one a line; - is the standard input. Empty lines and lines that "
            + "begin with # are skipped",
        HelpName = "FILE|-",
    };

    private readonly Option<int> _concurrency = Numbers.Option(
        "--concurrency", "N", "How many URLs to fetch at once, at most", 1, 100_000, FetchOptions.ConcurrencyDefault);

    private readonly Option<double> _timeout = Numbers.Option(
        "--timeout",
        "SECONDS",
        "How long each try of a URL may take, to the last byte; 0 for no limit",
        0,
        1_000_000.0,
        FetchOptions.TimeoutSecondsDefault);

    private readonly Option<int> _retries = Numbers.Option(
        "--retries", "N", "How often to try a URL again after a failure that may pass", 0, 100, 0);

    private readonly Option<string?> _output = new("--output")
    {
        Description = "Write the bodies to files in this directory, which is made if it is missing",
        HelpName = "DIR",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON lines" };

    private readonly Option<bool> _sequential = new("--sequential")
    {
        Description = "Fetch one URL after another, for comparison",
    };

    private readonly Option<long> _sizeMax = Numbers.Option(
        "--max-size",
        "BYTES",
        "The longest body to take, decompressed",
        0,
        long.MaxValue,
        FetchOptions.SizeBytesMaxDefault);

    private FetchCommand(ToolConsole console) => _console = console;

    public static Command Create(ToolConsole console)
    {
        var fetch = new FetchCommand(console);
        var command = new Command(
            Name, "Fetches URLs all at once, on one thread, and shows how the requests overlapped.")
        {
            fetch._urls,
            fetch._from,
            fetch._concurrency,
            fetch._timeout,
            fetch._retries,
            fetch._output,
            fetch._json,
            fetch._sequential,
            fetch._sizeMax,
        };
        command.SetAction(fetch.Invoke);
        return command;
    }

    private int Invoke(ParseResult result)
    {
        FetchOptions options;
        try
        {
            options = Read(result);
        }
        catch (BadArgumentException e)
        {
            _console.Error.WriteLine($"gyre: {OneLine.Of(e.Message)}");
            _console.Error.WriteLine("Try 'gyre fetch --help'.");
            return ExitCode.BadArguments;
        }

        return FetchRun.Execute(options, _console);
    }

    /// <summary>Puts the options together.</summary>
    /// <exception cref="BadArgumentException">They make no sense.</exception>
    private FetchOptions Read(ParseResult result)
    {
        bool sequential = result.GetValue(_sequential);
        if (sequential && result.GetResult(_concurrency) is { Implicit: false })
        {
            throw new BadArgumentException("--sequential means --concurrency 1: give only one of the two");
        }

        double seconds = result.GetValue(_timeout);
        return new FetchOptions
        {
            Urls = UrlList.Read(result.GetValue(_urls) ?? [], result.GetValue(_from), _console.In),
            Concurrency = sequential ? 1 : result.GetValue(_concurrency),
            Timeout = seconds == 0 ? null : TimeSpan.FromSeconds(seconds),
            Retries = result.GetValue(_retries),
            OutputDirectory = result.GetValue(_output) is { } directory ? OutputFolder.Prepare(directory) : null,
            Json = result.GetValue(_json),
            SizeBytesMax = result.GetValue(_sizeMax),
        };
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Gyre.Tool;

/// <summary>The <c>gyre</c> command line.</summary>
internal static class GyreCommand
{
    public static string Version { get; } =
        typeof(GyreCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Runs one command line to its end.</summary>
    /// <returns>The exit code.</returns>
    public static int Invoke(IReadOnlyList<string> args, ToolConsole console)
    {
        RootCommand root = Create(console);

        // A URL may start with any character, so @ names no file of arguments here.
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is not ParseErrorAction)
        {
            return result.Invoke(Configuration(console.Out, console.Error));
        }

        if (args.Count == 0)
        {
            root.Parse("--help").Invoke(Configuration(console.Error, console.Error));
            return ExitCode.BadArguments;
        }

        return ReportErrors(result, console);
    }

    private static InvocationConfiguration Configuration(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,

        // The loop listens for Ctrl-C itself.
        ProcessTerminationTimeout = null,
    };

    private static RootCommand Create(ToolConsole console)
    {
        var root = new RootCommand("Shows what the event loop of Gyre can do.");
        root.Subcommands.Add(FetchCommand.Create(console));
        foreach (Option option in root.Options)
        {
            if (option is VersionOption)
            {
                option.Description = "Show the version";
                option.Action = new VersionAction();
            }
            else if (option is HelpOption)
            {
                option.Description = "Show help, with examples";
                option.Action = new ExamplesHelpAction((HelpAction)option.Action!);
            }
        }

        return root;
    }

    private static int ReportErrors(ParseResult result, ToolConsole console)
    {
        Command command = result.CommandResult.Command;
        bool isRoot = command is RootCommand;
        IEnumerable<string> messages = isRoot && result.UnmatchedTokens.Count > 0
            ? [$"there is no command or option '{result.UnmatchedTokens[0]}'"]
            : result.Errors.Select(error => error.Message).Distinct();
        foreach (string message in messages)
        {
            console.Error.WriteLine($"gyre: {OneLine.Of(message)}");
        }

        console.Error.WriteLine($"Try '{(isRoot ? "gyre" : $"gyre {command.Name}")} --help'.");
        return ExitCode.BadArguments;
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"gyre {Version}");
            return ExitCode.Ok;
        }
    }
}

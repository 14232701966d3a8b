using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Gyre.Tool;

/// <summary>The usual help, followed by what the command itself has to say.</summary>
internal sealed class ExamplesHelpAction(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        bool isFetch = parseResult.CommandResult.Command.Name == FetchCommand.Name;
        string text = isFetch ? FetchHelp.Text : FetchHelp.RootText;
        parseResult.InvocationConfiguration.Output.WriteLine(text);
        return code;
    }
}

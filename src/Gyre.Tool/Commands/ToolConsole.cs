namespace Gyre.Tool;

/// <summary>What a command reads and writes. The tests give it strings.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="TerminalWidth">The columns of the terminal behind the output; null when there is none.</param>
internal sealed record ToolConsole(TextReader In, TextWriter Out, TextWriter Error, int? TerminalWidth)
{
    /// <summary>The width of pictures where no terminal tells one.</summary>
    private const int WidthWithoutTerminal = 100;

    private const int WidthMin = 40;

    // UTF-8, UTF-16, UTF-32. The console wraps its encoding, so that its type tells nothing.
    private static readonly int[] s_unicodePages = [65001, 1200, 1201, 12000, 12001];

    public bool IsTerminal => TerminalWidth is not null;

    /// <summary>The width for pictures.</summary>
    public int Width => Math.Max(TerminalWidth ?? WidthWithoutTerminal, WidthMin);

    /// <summary>Whether the output can show more than ASCII.</summary>
    public bool IsUnicode => s_unicodePages.Contains(Out.Encoding.CodePage);

    public static ToolConsole OfProcess() =>
        new(Console.In, Console.Out, Console.Error, IsInteractive() ? ReadWidth() : null);

    private static bool IsInteractive() =>
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    private static int ReadWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            // A terminal that does not know its size.
            return WidthWithoutTerminal;
        }
    }
}

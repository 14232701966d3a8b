namespace Gyre.Architecture.Tests;

/// <summary>A place that breaks a rule. Lines count from 1; 0 means the file as a whole.</summary>
public sealed record Violation(string Path, int Line, string Message)
{
    public override string ToString() => Line == 0 ? $"{Path}: {Message}" : $"{Path}({Line}): {Message}";

    /// <summary>Fails with one line for each place.</summary>
    public static void AssertNone(IEnumerable<Violation> violations)
    {
        string[] lines = [.. violations.Select(v => v.ToString()).Distinct().Order(StringComparer.Ordinal)];
        if (lines.Length > 0)
        {
            Assert.Fail($"{lines.Length} violations:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
        }
    }
}

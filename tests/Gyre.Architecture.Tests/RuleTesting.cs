namespace Gyre.Architecture.Tests;

internal static class RuleTesting
{
    public static SourceFile File(string path, string text) => new(path, text);

    /// <summary>The rule sees each of these places, as "line: part of the message", and no other.</summary>
    public static void AssertFinds(IEnumerable<Violation> found, params (string Path, int Line, string Part)[] expected)
    {
        Violation[] all = [.. found.Distinct()];
        foreach ((string path, int line, string part) in expected)
        {
            Assert.Contains(all, v => v.Path == path && v.Line == line && v.Message.Contains(part));
        }

        Assert.True(all.Length == expected.Length, string.Join(Environment.NewLine, all.Select(v => v.ToString())));
    }
}

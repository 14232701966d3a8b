using CsCheck;

namespace Gyre.Tool.Tests;

public class OneLineTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  two\r\n lines\t", "two lines")]
    [InlineData("a\u001b[31mred\u0007", "a [31mred")]
    [InlineData("a\u009b31mb", "a 31mb")]
    [InlineData("a\u2028b", "a b")]
    [InlineData("a\u202eb", "a\ufffdb")]
    [InlineData("", "")]
    public void Of_Text_HasNoControls(string text, string line) => Assert.Equal(line, OneLine.Of(text));

    [Fact]
    public void Of_HalfACharacter_IsReplaced() => Assert.Equal("\ufffdx", OneLine.Of("\ud800x"));

    [Fact]
    public void Of_EndlessText_IsCut()
    {
        string line = OneLine.Of(new string('x', 1_000_000));
        Assert.True(line.Length < 400);
        Assert.EndsWith("…", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnyText_IsOnePrintableLine() => Gen.String.Sample(text =>
        Assert.DoesNotContain(OneLine.Of(text), c => char.IsControl(c) || c is '\u2028' or '\u2029'));
}

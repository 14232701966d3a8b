using System.Text;
using CsCheck;

namespace Gyre.Tool.Tests;

public class FileNamesTests
{
    [Theory]
    [InlineData("http://a/", "index.html")]
    [InlineData("http://a", "index.html")]
    [InlineData("http://a/b/", "index.html")]
    [InlineData("http://a/b/c.txt", "c.txt")]
    [InlineData("http://a/c.txt?v=1&w=2", "c.txt_v=1&w=2")]
    [InlineData("http://a/%2e%2e", "index.html")]
    [InlineData("http://a/x%2F..%2Fy", "x_.._y")]
    [InlineData("http://a/.hidden", "hidden")]
    [InlineData("http://a/a%00b%0Ac", "a_b_c")]
    [InlineData("http://a/a%5Cb%3Ac", "a_b_c")]
    [InlineData("http://a/%E2%80%AEtxt.exe", "_txt.exe")]
    [InlineData("http://a/con", "_con")]
    [InlineData("http://a/NUL.txt", "_NUL.txt")]
    [InlineData("http://a/trailing.", "trailing")]
    [InlineData("http://a/na%C3%AFve", "naïve")]
    public void Take_OneUrl_IsItsLastPartMadeSafe(string url, string name) =>
        Assert.Equal(name, new FileNames().Take(new Uri(url)));

    [Fact]
    public void Of_SameNames_AreNumberedInOrder() => Assert.Equal(
        ["a.txt", "a-2.txt", "A-3.txt", "index.html", "index-2.html", "a-2-2.txt"],
        FileNames.Of(
        [
            new("http://x/a.txt"), new("http://y/a.txt"), new("http://x/A.txt"),
            new("http://x/"), new("http://x/b/"), new("http://x/a-2.txt"),
        ]));

    [Fact]
    public void Of_ManyOfOneName_TakesLittleTime()
    {
        Uri[] urls = [.. Enumerable.Range(0, 100_000).Select(i => new Uri($"http://host{i}/"))];
        string[] names = FileNames.Of(urls);
        Assert.Equal(names.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Take_AnyPaths_GivesSafeAndDifferentNames() =>
        Gen.String[Gen.Char, 0, 300].List[1, 20].Sample(paths =>
        {
            var names = new FileNames();
            var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (string path in paths)
            {
                string name = names.Take(new Uri("http://host/" + Uri.EscapeDataString(MakeValid(path))));
                Assert.True(taken.Add(name), $"'{name}' was given twice");
                Assert.Equal(name, Path.GetFileName(name));
                Assert.NotEqual("", name);
                Assert.NotEqual('.', name[0]);
                Assert.True(Encoding.UTF8.GetByteCount(name) < 240);
                Assert.DoesNotContain(name, c => char.IsControl(c) || "\"*/:<>?\\|".Contains(c));
            }
        });

    /// <summary>Replaces halves of surrogate pairs, which no URL holds.</summary>
    private static string MakeValid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}

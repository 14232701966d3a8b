namespace Gyre.Tool.Tests;

public class UrlListTests
{
    [Fact]
    public void Read_ArgumentsAndFile_KeepsTheirOrder()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("urls", "# a list\n\n  http://c/  \r\nhttps://d/x?y=1#z\n");
        IReadOnlyList<Uri> urls = UrlList.Read(["http://b/", "http://a/"], file, TextReader.Null);
        Assert.Equal(
            ["http://b/", "http://a/", "http://c/", "https://d/x?y=1#z"], urls.Select(url => url.OriginalString));
    }

    [Fact]
    public void Read_Dash_ReadsTheInput() => Assert.Equal(
        ["http://a/", "http://b/"],
        UrlList.Read([], "-", new StringReader("http://a/\nhttp://b/")).Select(url => url.OriginalString));

    [Fact]
    public void Read_SameUrlTwice_KeepsBoth() =>
        Assert.Equal(2, UrlList.Read(["http://a/", "http://a/"], null, TextReader.Null).Count);

    [Fact]
    public void Read_BadLine_NamesFileAndLine()
    {
        var error = Assert.Throws<BadArgumentException>(
            () => UrlList.Read([], "-", new StringReader("http://a/\n\nnonsense here\n")));
        Assert.StartsWith("the standard input, line 3: 'nonsense here' is not", error.Message);
    }

    [Fact]
    public void Read_EmptyFile_IsAnError()
    {
        var error = Assert.Throws<BadArgumentException>(() => UrlList.Read([], "-", new StringReader("# nothing\n")));
        Assert.Equal("--from: there is no URL in the standard input", error.Message);
    }

    [Fact]
    public void Read_MissingFile_IsAnError()
    {
        using var folder = new TemporaryFolder();
        string missing = folder.PathOf("missing");
        var error = Assert.Throws<BadArgumentException>(() => UrlList.Read([], missing, TextReader.Null));
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fetch_FromEmptyInput_ExitsWithTwo() =>
        Assert.Equal(2, ToolRun.OfInput("", "fetch", "--from", "-").ExitCode);
}

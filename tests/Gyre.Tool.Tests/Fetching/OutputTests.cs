using System.Security.Cryptography;

namespace Gyre.Tool.Tests;

public class OutputTests
{
    [Fact]
    public void Fetch_Output_WritesEqualFiles()
    {
        byte[] large = RandomNumberGenerator.GetBytes(3_000_001);
        byte[] small = [1];
        using TestServer server = TestServer.StartSite(path => path switch
        {
            "/large" => large,
            "/small" => small,
            "/empty" => [],
            _ => null,
        });
        using var folder = new TemporaryFolder();
        ToolRun run = ToolRun.Of(
            "fetch", "--output", folder.PathOf("new/one"),
            server.Url("/large").OriginalString, server.Url("/small").OriginalString, server.Url("/empty").OriginalString);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(SHA256.HashData(large), SHA256.HashData(File.ReadAllBytes(folder.PathOf("new/one/large"))));
        Assert.Equal(small, File.ReadAllBytes(folder.PathOf("new/one/small")));
        Assert.Empty(File.ReadAllBytes(folder.PathOf("new/one/empty")));
        Assert.Equal(3, Directory.GetFileSystemEntries(folder.PathOf("new/one")).Length);
    }

    [Fact]
    public void Fetch_UrlsOfOneName_WritesThemAll()
    {
        using TestServer server = TestServer.StartSite(System.Text.Encoding.ASCII.GetBytes);
        using var folder = new TemporaryFolder();
        string[] urls = [.. Enumerable.Range(1, 20).Select(i => server.Url($"/{i}/page.txt").OriginalString)];
        Assert.Equal(0, ToolRun.Of(["fetch", "--output", folder.FullPath, .. urls]).ExitCode);
        Assert.Equal(20, folder.FileNames.Length);
        Assert.Equal("/1/page.txt", File.ReadAllText(folder.PathOf("page.txt")));
        for (int i = 2; i <= 20; i++)
        {
            Assert.Equal($"/{i}/page.txt", File.ReadAllText(folder.PathOf($"page-{i}.txt")));
        }
    }

    [Fact]
    public void Fetch_FileOfAnEarlierRun_IsReplaced()
    {
        using TestServer server = TestServer.StartSite(_ => "new"u8.ToArray());
        using var folder = new TemporaryFolder();
        folder.Write("a", "what an earlier run has left");
        Assert.Equal(0, ToolRun.Of("fetch", "--output", folder.FullPath, server.Url("/a").OriginalString).ExitCode);
        Assert.Equal("new", File.ReadAllText(folder.PathOf("a")));
        Assert.Equal(["a"], folder.FileNames);
    }

    [Fact]
    public void Fetch_Failure_LeavesNoFile()
    {
        using TestServer server = TestServer.Start(async request =>
        {
            if (request.Path == "/missing")
            {
                await request.AnswerAsync("404 Not Found", "sorry"u8.ToArray());
                return;
            }

            request.Writer.WriteText("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            request.Writer.Write(new byte[500_000].AsSpan());
            await request.Writer.DrainAsync();
            request.Writer.Close();
        });
        using var folder = new TemporaryFolder();
        folder.Write("half", "what an earlier run has left");
        ToolRun run = ToolRun.Of(
            "fetch", "--output", folder.FullPath, server.Url("/half").OriginalString, server.Url("/missing").OriginalString);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["half"], folder.FileNames);
        Assert.Equal("what an earlier run has left", File.ReadAllText(folder.PathOf("half")));
    }

    [Fact]
    public void Fetch_FileThatCannotBeWritten_IsNamed()
    {
        using TestServer server = TestServer.StartSite(_ => "hello"u8.ToArray());
        using var folder = new TemporaryFolder();

        // A directory has the name of the file.
        Directory.CreateDirectory(folder.PathOf("a/b"));
        ToolRun run = ToolRun.Of(
            "fetch", "--json", "--retries", "3", "--output", folder.FullPath,
            server.Url("/a").OriginalString, server.Url("/c").OriginalString);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"cannot write {folder.PathOf("a")}: ", run.JsonOf(server.Url("/a")).GetProperty("error").GetString());
        Assert.Equal(["c"], folder.FileNames);
    }

    [Fact]
    public void Fetch_NamesThatLeadElsewhere_StayInTheDirectory()
    {
        using TestServer server = TestServer.StartSite(_ => "hello"u8.ToArray());
        using var folder = new TemporaryFolder();
        string inner = folder.PathOf("inner");
        ToolRun run = ToolRun.Of(
            "fetch", "--output", inner, server.Url("/x/..%2F..%2Fescaped").OriginalString,
            server.Url("/%2e%2e%2f").OriginalString, server.Url("/%00").OriginalString);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(folder.FileNames);
        Assert.Equal(3, Directory.GetFiles(inner).Length);
    }
}

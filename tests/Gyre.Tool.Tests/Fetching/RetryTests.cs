using System.Text.Json;

namespace Gyre.Tool.Tests;

public class RetryTests
{
    [Theory]
    [InlineData("500 Oops")]
    [InlineData("503 Later")]
    [InlineData("429 Too Many Requests")]
    public void Fetch_StatusThatMayPass_TriesAgain(string status)
    {
        int requests = 0;
        using TestServer server = TestServer.Start(async request => await (++requests < 3
            ? request.AnswerAsync(status)
            : request.AnswerAsync("200 OK", new byte[7])));
        ToolRun run = ToolRun.Of("fetch", "--json", "--retries", "2", server.Url().OriginalString);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(7, run.JsonOf(server.Url()).GetProperty("bytes").GetInt64());
        Assert.Equal(3, requests);
    }

    [Fact]
    public void Fetch_ResetConnection_TriesAgain()
    {
        int requests = 0;
        using TestServer server = TestServer.Start(async request =>
        {
            if (++requests == 1)
            {
                request.Writer.Abort();
            }
            else
            {
                await request.AnswerAsync("200 OK", new byte[7]);
            }
        });
        ToolRun run = ToolRun.Of("fetch", "--retries", "1", server.Url().OriginalString);
        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("(after 1 retry)", run.OutLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Fetch_Timeout_TriesAgain()
    {
        int requests = 0;
        using TestServer server = TestServer.Start(
            request => ++requests == 1 ? TestRequest.HangAsync() : request.AnswerAsync("200 OK"));

        // On a machine with other work to do, an answer may come too late as well.
        ToolRun run = ToolRun.Of("fetch", "--retries", "20", "--timeout", "3", server.Url().OriginalString);
        Assert.Equal(0, run.ExitCode);
        Assert.InRange(requests, 2, 21);
    }

    [Fact]
    public void Fetch_HalfABodyFirst_CountsTheWholeOneOnly()
    {
        int requests = 0;
        using TestServer server = TestServer.Start(async request =>
        {
            if (++requests == 1)
            {
                request.Writer.WriteText("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                await request.Writer.DrainAsync();
                request.Writer.Close();
            }
            else
            {
                await request.AnswerAsync("200 OK", new byte[100]);
            }
        });
        using var folder = new TemporaryFolder();
        ToolRun run = ToolRun.Of(
            "fetch", "--json", "--retries", "1", "--output", folder.FullPath, server.Url("/a").OriginalString);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(100, run.JsonOf(server.Url("/a")).GetProperty("bytes").GetInt64());
        Assert.Equal(["a"], folder.FileNames);
        Assert.Equal(100, new FileInfo(folder.PathOf("a")).Length);
    }

    [Fact]
    public void Fetch_StillFailing_TellsTheLastError()
    {
        using TestServer server = TestServer.Start(request => request.AnswerAsync("503 Later"));
        ToolRun run = ToolRun.Of("fetch", "--retries", "2", server.Url().OriginalString);
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("status 503 Later (after 2 retries)", run.OutLines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public void Fetch_FailureThatStays_TriesOnce(string answer)
    {
        using TestServer server = TestServer.StartRaw(answer);
        Assert.Equal(1, ToolRun.Of("fetch", "--retries", "5", server.Url().OriginalString).ExitCode);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void Fetch_WithoutRetries_TriesOnce()
    {
        using TestServer server = TestServer.Start(request => request.AnswerAsync("503 Later"));
        ToolRun run = ToolRun.Of("fetch", "--json", server.Url().OriginalString);
        JsonElement result = Assert.Single(run.JsonResults);
        Assert.Equal("status 503 Later", result.GetProperty("error").GetString());
        Assert.Equal(1, server.Connections);
    }
}

using System.Text.Json;

namespace Gyre.Tool.Tests;

/// <summary>Each failure is one clear line; the other URLs go on; the exit code is 1.</summary>
public class FailureTests
{
    [Fact]
    public void UnknownHost_Always_IsNamed() => AssertFails(
        new Uri("http://no-such-host.invalid/"),
        "^(unknown host no-such-host.invalid|the name of host no-such-host.invalid cannot .*)$");

    [Fact]
    public void RefusedConnection_Always_IsNamed()
    {
        using var port = new ClosedPort();
        AssertFails(new Uri($"http://127.0.0.1:{port.Number}/"), $"^connection refused by 127.0.0.1:{port.Number}$");
    }

    [Fact]
    public void Reset_BeforeTheAnswer_IsNamed()
    {
        using TestServer server = TestServer.Start(Reset);
        AssertFails(server.Url(), "^connection reset by the server$");

        static async Coroutine Reset(TestRequest request)
        {
            request.Writer.Abort();
            await Aio.Yield();
        }
    }

    [Fact]
    public void Reset_InTheBody_IsNamed()
    {
        using TestServer server = TestServer.Start(async request =>
        {
            request.Writer.WriteText("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            await request.Writer.DrainAsync();
            request.Writer.Abort();
        });
        AssertFails(server.Url(), "^connection (reset by the server|ended before the answer was complete)$");
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    public void End_BeforeTheAnswerIsComplete_IsNamed(string answer)
    {
        using TestServer server = TestServer.StartRaw(answer);
        AssertFails(server.Url(), "^connection ended before the answer was complete$");
    }

    [Theory]
    [InlineData("HELLO\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("\u001b[2J\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\nthis is not gzipped!")]
    public void MalformedAnswer_Always_IsNamed(string answer)
    {
        using TestServer server = TestServer.StartRaw(answer);
        AssertFails(server.Url(), "^malformed answer: [^\u001b]+$");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Filler: abcdefghijklmnopqrstuvwxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Filler: ", "abcdefghijklmnopqrstuvwxyz")]
    [InlineData("", "abcdefghijklmnopqrstuvwxyz")]
    public void EndlessHeader_Always_IsNamed(string start, string rest)
    {
        using TestServer server = TestServer.Start(async request =>
        {
            request.Writer.WriteText(start);
            await request.SendForeverAsync(rest);
        });
        AssertFails(server.Url(), "^(answer's header is too long|malformed answer): .+$");
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "1a\r\nabcdefghijklmnopqrstuvwxyz\r\n")]
    [InlineData("Connection: close", "abcdefghijklmnopqrstuvwxyz")]
    public void EndlessBody_Always_EndsAtTheLimit(string header, string rest)
    {
        using TestServer server = TestServer.Start(async request =>
        {
            request.Writer.WriteText($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n");
            await request.SendForeverAsync(rest);
        });
        JsonElement result = AssertFails(
            server.Url(), "^body is longer than 1000000 bytes \\(--max-size\\)$", "--max-size", "1000000");
        Assert.InRange(result.GetProperty("bytes").GetInt64(), 1_000_001, 2_000_000);
    }

    [Fact]
    public void Body_LongerThanAllowedByItsHeader_IsNotRead()
    {
        using TestServer server = TestServer.Start(async request =>
        {
            request.Writer.WriteText("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n");
            await TestRequest.HangAsync();
        });
        JsonElement result = AssertFails(server.Url(), "^body is longer than 1000 bytes", "--max-size", "1000");
        Assert.Equal(0, result.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void Body_AsLongAsAllowed_IsOk()
    {
        using TestServer server = TestServer.StartSite(_ => new byte[1000]);
        Assert.Equal(0, ToolRun.Of("fetch", server.Url().AbsoluteUri, "--max-size", "1000").ExitCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")]
    public void Timeout_Anywhere_IsNamed(string? start)
    {
        using TestServer server = TestServer.Start(async request =>
        {
            if (start is not null)
            {
                request.Writer.WriteText(start);
            }

            await TestRequest.HangAsync();
        });

        // Alone: on a slow machine an innocent URL beside it could take as long.
        ToolRun run = ToolRun.Of("fetch", "--json", "--timeout", "0.2", server.Url().OriginalString);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("timed out after 200 ms", Assert.Single(run.JsonResults).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("404 Not Found", "^status 404 Not Found$")]
    [InlineData("500", "^status 500( Internal Server Error)?$")]
    [InlineData("503 Go\u001b[1m away", "^(status 503 Go \\[1m away|malformed answer: .*)$")]
    public void BadStatus_Always_IsNamed(string status, string error)
    {
        using TestServer server = TestServer.Start(request => request.AnswerAsync(status, "sorry"u8.ToArray()));
        AssertFails(server.Url(), error);
    }

    [Fact]
    public void Redirect_Endless_IsNamed()
    {
        using TestServer server = TestServer.Start(
            request => request.AnswerAsync("302 Found", header: "Location: /again\r\n"));
        JsonElement result = AssertFails(server.Url(), "^redirect to /again not followed: too many");
        Assert.Equal(302, result.GetProperty("status").GetInt32());
    }

    [Fact]
    public void Redirect_ToAnotherHost_NamesThatHost()
    {
        using var port = new ClosedPort();
        using TestServer server = TestServer.Start(
            request => request.AnswerAsync("302 Found", header: $"Location: http://127.0.0.1:{port.Number}/\r\n"));
        AssertFails(server.Url(), $"^connection refused by 127.0.0.1:{port.Number}$");
    }

    /// <summary>Fetches the URL beside one that works.</summary>
    internal static JsonElement AssertFails(Uri url, string error, params string[] options)
    {
        using TestServer good = TestServer.StartSite(_ => "hello"u8.ToArray());
        ToolRun run = ToolRun.Of(["fetch", "--json", url.OriginalString, good.Url("/good").OriginalString, .. options]);
        Assert.Empty(run.Error);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(1, run.JsonSummary.GetProperty("ok").GetInt32());
        Assert.Equal(1, run.JsonSummary.GetProperty("failed").GetInt32());
        Assert.Equal(5, run.JsonOf(good.Url("/good")).GetProperty("bytes").GetInt64());
        JsonElement result = run.JsonOf(url);
        Assert.Matches(error, result.GetProperty("error").GetString());
        return result;
    }
}

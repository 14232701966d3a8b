using System.Text.Json;

namespace Gyre.Tool.Tests;

/// <summary>Ctrl-C.</summary>
public class InterruptTests
{
    private readonly SemaphoreSlim _hanging = new(0);

    public InterruptTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT to send to a process.");

    [Fact]
    public void Interrupt_WhileRunning_ReportsWhatIsDone()
    {
        using TestServer server = StartServer();
        using ToolProcess process = ToolProcess.Start(
            ["fetch", "--json", server.Url("/done").OriginalString, server.Url("/hang").OriginalString]);
        string? first = process.ReadLine();
        WaitForHang(1);
        process.Interrupt();
        ToolRun rest = process.Finish();
        Assert.Empty(rest.Error);
        Assert.Equal(130, rest.ExitCode);
        Assert.EndsWith("/done", JsonDocument.Parse(first!).RootElement.GetProperty("url").GetString());
        Assert.Single(rest.OutLines);
        Assert.Equal(1, rest.JsonSummary.GetProperty("ok").GetInt32());
        Assert.Equal(0, rest.JsonSummary.GetProperty("failed").GetInt32());
    }

    [Fact]
    public void Interrupt_PlainOutput_SaysWhatIsLeft()
    {
        using TestServer server = StartServer();
        using ToolProcess process = ToolProcess.Start(
            ["fetch", "--concurrency", "2", .. Enumerable.Range(0, 5).Select(i => server.Url($"/hang{i}").OriginalString)]);
        WaitForHang(2);
        process.Interrupt();
        ToolRun run = process.Finish();
        Assert.Empty(run.Error);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("0 ok, 0 failed, 5 not done: interrupted", run.OutLines);
    }

    [Fact]
    public void Interrupt_WhileWritingFiles_LeavesWholeFilesOnly()
    {
        using var folder = new TemporaryFolder();
        using TestServer server = StartServer();
        using ToolProcess process = ToolProcess.Start(
        [
            "fetch", "--json", "--output", folder.FullPath,
            server.Url("/done").OriginalString, server.Url("/half").OriginalString,
        ]);
        Assert.Contains("/done", process.ReadLine());
        WaitForHang(1);
        process.Interrupt();
        Assert.Equal(130, process.Finish().ExitCode);
        Assert.Equal(["done"], folder.FileNames);
    }

    [Fact]
    public void Interrupt_BetweenTries_EndsToo()
    {
        using TestServer server = TestServer.Start(async request =>
        {
            await request.AnswerAsync("503 Later");
            _hanging.Release();
        });
        using ToolProcess process = ToolProcess.Start(["fetch", "--retries", "100", server.Url().OriginalString]);
        WaitForHang(5);
        process.Interrupt();
        Assert.Equal(130, process.Finish().ExitCode);
    }

    [Fact]
    public void Interrupt_OfTheOwnSite_EndsToo()
    {
        using ToolProcess process = ToolProcess.Start(["fetch"]);
        Assert.NotNull(process.ReadLine());
        process.Interrupt();
        ToolRun run = process.Finish();
        Assert.Empty(run.Error);

        // On a slow machine all pages may be there before the signal is.
        bool complete = run.OutLines.Contains("20 ok, 0 failed");
        Assert.Equal(complete ? 0 : 130, run.ExitCode);
    }

    private TestServer StartServer() => TestServer.Start(async request =>
    {
        if (request.Path == "/done")
        {
            await request.AnswerAsync("200 OK", "done"u8.ToArray());
            return;
        }

        if (request.Path == "/half")
        {
            request.Writer.WriteText("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            request.Writer.Write(new byte[500_000].AsSpan());
            await request.Writer.DrainAsync();
        }

        _hanging.Release();
        await TestRequest.HangAsync();
    });

    /// <summary>Waits until so many requests have reached the server and hang.</summary>
    private void WaitForHang(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(_hanging.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        }
    }
}

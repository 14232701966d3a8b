using System.Security.Cryptography;
using System.Text.Json;

namespace Gyre.Tool.Tests;

/// <summary>Against a real server that is not ours.</summary>
[Collection(nameof(Alone))]
public sealed class NginxTests : IClassFixture<NginxServer>
{
    private const long MemoryGrowthMax = 100_000_000;

    private static readonly string[] s_files = ["1B", "1MB", "200MB"];

    private readonly NginxServer _nginx;

    public NginxTests(NginxServer nginx)
    {
        Assert.SkipUnless(nginx.IsInstalled, NginxServer.SkipReason);
        _nginx = nginx;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fetch_Files_AreEqual(bool tls)
    {
        using var folder = new TemporaryFolder();
        ToolRun run = ToolProcess.Run(
            ["fetch", "--json", "--output", folder.FullPath, .. s_files.Select(file => _nginx.Url(tls, file))],
            _nginx.AuthorityFile);
        Assert.Empty(run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal([1, 1_000_000, 200_000_000], run.JsonResults.Select(Bytes).Order());
        foreach (string file in s_files)
        {
            using FileStream stream = File.OpenRead(folder.PathOf(file));
            Assert.Equal(_nginx.HashOf(file), SHA256.HashData(stream));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fetch_LargeFile_TakesLittleMemory(bool tls)
    {
        using var folder = new TemporaryFolder();
        ToolProcess? process = null;
        long[] peaks = [0, 0];
        using var started = new ManualResetEventSlim();

        // The tool asks for these before and after the large file, and waits: time to look at it.
        using TestServer server = TestServer.Start(request =>
        {
            started.Wait();
            peaks[request.Path == "/before" ? 0 : 1] = process!.MemoryPeak;
            return request.AnswerAsync("200 OK");
        });
        using (process = ToolProcess.Start(
            [
                "fetch", "--json", "--sequential", "--output", folder.FullPath,
                server.Url("/before").OriginalString, _nginx.Url(tls, "200MB"), server.Url("/after").OriginalString,
            ],
            _nginx.AuthorityFile))
        {
            started.Set();
            ToolRun run = process.Finish();
            Assert.Equal(0, run.ExitCode);
            Assert.Contains(run.JsonResults, result => Bytes(result) == 200_000_000);
        }

        Assert.InRange(peaks[0], 1, long.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine($"peak before {peaks[0]:N0}, after {peaks[1]:N0} bytes");
        Assert.InRange(peaks[1] - peaks[0], 0, MemoryGrowthMax);
    }

    [Fact]
    public void Fetch_ThousandUrls_LeavesNoDescriptor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are counted in /proc.");
        string[] urls = Thousand(tls: false);

        // The first run opens what stays open in a process: random numbers, time zones.
        Fetch(["--concurrency", "10", urls[0], urls[1]]);
        Dictionary<string, int> before = Descriptors();
        ToolRun run = Fetch(["--concurrency", "200", .. urls]);
        AssertThousand(run);

        // What earlier tests have left to the garbage collector may go meanwhile; nothing may come. A thread of the pool
        // may be about to close the last ones.
        Assert.True(SpinWait.SpinUntil(
            () => Descriptors().All(entry => entry.Value <= before.GetValueOrDefault(entry.Key)), TimeSpan.FromMinutes(1)));

        static ToolRun Fetch(string[] args) => ToolRun.Of(["fetch", "--json", .. args]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fetch_ThousandUrls_GetsThemAll(bool tls)
    {
        using var list = new TemporaryFolder();
        string file = list.Write("urls", string.Join('\n', Thousand(tls)));
        AssertThousand(ToolProcess.Run(
            ["fetch", "--json", "--concurrency", "200", "--from", file], _nginx.AuthorityFile));
    }

    private static void AssertThousand(ToolRun run)
    {
        Assert.Empty(run.Error);
        Assert.Equal(1000, run.JsonSummary.GetProperty("ok").GetInt32());
        Assert.Equal(0, run.ExitCode);
        Assert.Equal((950 * 1) + (50 * 1_000_000L), run.JsonResults.Sum(Bytes));
    }

    /// <summary>What the descriptors of this process stand for, and how many are alike. Each socket has a number. Not
    /// files: the runtime keeps those of the assemblies that it loads.</summary>
    private static Dictionary<string, int> Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd")
        .Select(TargetOf)
        .Where(target => target.Contains(':'))
        .CountBy(target => target)
        .ToDictionary();

    private static string TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // Closed since the directory was read.
        }
    }

    private static long Bytes(JsonElement result) => result.GetProperty("bytes").GetInt64();

    private string[] Thousand(bool tls) =>
        [.. Enumerable.Range(0, 1000).Select(i => _nginx.Url(tls, i % 20 == 0 ? $"1MB?{i}" : $"1B?{i}"))];
}

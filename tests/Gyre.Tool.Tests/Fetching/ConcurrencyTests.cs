namespace Gyre.Tool.Tests;

public class ConcurrencyTests
{
    [Fact]
    public void Fetch_ByDefault_HasAllUnderWayAtOnce()
    {
        const int Count = 200;
        var all = new Meeting(Count);
        using TestServer server = TestServer.Start(async request =>
        {
            await all.JoinAsync();
            await request.AnswerAsync("200 OK");
        });

        // Nobody gets an answer before everybody has asked.
        ToolRun run = ToolRun.Of(["fetch", "--json", "--timeout", "60", .. Urls(server, Count)]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Count, run.JsonSummary.GetProperty("ok").GetInt32());
    }

    [Fact]
    public void Fetch_Concurrency_IsNeverExceededAndReached()
    {
        var running = new Gauge();
        var first = new Meeting(5);
        using TestServer server = TestServer.Start(async request =>
        {
            running.Enter();
            await first.JoinAsync();
            running.Leave();
            await request.AnswerAsync("200 OK");
        });
        ToolRun run = ToolRun.Of(["fetch", "--timeout", "60", "--concurrency", "5", .. Urls(server, 60)]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(5, running.Highest);
    }

    [Fact]
    public void Fetch_Sequential_KeepsTheOrder()
    {
        var running = new Gauge();
        var order = new List<string>();
        using TestServer server = TestServer.Start(async request =>
        {
            running.Enter();
            order.Add(request.Path);
            await Aio.Yield();
            running.Leave();
            await request.AnswerAsync("200 OK");
        });
        string[] urls = Urls(server, 30);
        ToolRun run = ToolRun.Of(["fetch", "--json", "--sequential", .. urls]);
        Assert.Equal(1, running.Highest);
        Assert.Equal(urls, order.Select(path => server.Url(path).OriginalString));
        Assert.Equal(urls, run.JsonResults.Select(result => result.GetProperty("url").GetString()));
    }

    [Fact]
    public void Fetch_UrlGivenTwice_IsFetchedTwice()
    {
        using TestServer server = TestServer.StartSite(_ => [1]);
        ToolRun run = ToolRun.Of("fetch", "--json", server.Url().OriginalString, server.Url().OriginalString);
        Assert.Equal(2, run.JsonSummary.GetProperty("ok").GetInt32());
    }

    private static string[] Urls(TestServer server, int count) =>
        [.. Enumerable.Range(0, count).Select(i => server.Url($"/{i}").OriginalString)];

    /// <summary>Nobody passes before all have come; whoever comes later passes at once. The server's loop
    /// only.</summary>
    private sealed class Meeting(int count)
    {
        private readonly LoopEvent _complete = new();
        private int _come;

        public async Coroutine JoinAsync()
        {
            if (++_come == count)
            {
                _complete.Set();
            }

            await _complete.WaitAsync();
        }
    }

    /// <summary>How many are inside. The server's loop only.</summary>
    private sealed class Gauge
    {
        private int _inside;

        public int Highest { get; private set; }

        public void Enter() => Highest = Math.Max(Highest, ++_inside);

        public void Leave() => _inside--;
    }
}

using Spectre.Console;

namespace Gyre.Tool;

/// <summary>One run of <c>gyre fetch</c>: all URLs, to the last line. Loop thread only.</summary>
internal sealed class FetchRun(FetchOptions options, IFetchReport report)
{
    private readonly List<FetchResult> _results = [];
    private LoopTask<FetchResult>[] _tasks = [];
    private bool _interrupted;

    /// <summary>Runs in a loop of its own, on this thread.</summary>
    /// <returns>The exit code.</returns>
    public static int Execute(FetchOptions options, ToolConsole console)
    {
        IFetchReport report = options.Json ? new JsonReport(console)
            : console.IsTerminal ? new LiveReport(console, AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Out) }))
            : new PlainReport(console);
        return Aio.Run(() => new FetchRun(options, report).RunAsync());
    }

    /// <summary>Fetches what the options say, or the tool's own site.</summary>
    /// <returns>The exit code.</returns>
    /// <remarks>On cancel: the URLs that are not done are cancelled, what is done is reported, and this
    /// returns.</remarks>
    public async Coroutine<int> RunAsync()
    {
        // Ctrl-C cancels this task. The work is another one: it hears of it in its own way, and nothing of what it has
        // to clean up is cut short.
        LoopTask<int> work = Aio.CreateTask(WorkAsync(), "work");
        while (!work.IsDone)
        {
            try
            {
                await Aio.Wait([work]);
            }
            catch (OperationCanceledException) when (Aio.CurrentTask!.Cancelling() > 0)
            {
                Aio.CurrentTask.Uncancel();
                Interrupt();
            }
        }

        return work.Result;
    }

    private void Interrupt()
    {
        _interrupted = true;
        foreach (LoopTask<FetchResult> task in _tasks)
        {
            task.Cancel();
        }
    }

    private async Coroutine<int> WorkAsync()
    {
        if (options.Urls.Count > 0)
        {
            return await FetchAllAsync(options.Urls, useProxy: true);
        }

        DemoSite site = await DemoSite.StartAsync();
        try
        {
            return await FetchAllAsync(site.Urls, useProxy: false);
        }
        finally
        {
            await site.CloseAsync();
        }
    }

    private async Coroutine<int> FetchAllAsync(IReadOnlyList<Uri> urls, bool useProxy)
    {
        EventLoop loop = EventLoop.Running;
        var meter = new FetchMeter(urls.Count);
        report.Begin(meter);
        using var ticker = new Ticker(loop, report.Refresh);
        using var http = new LoopHttpClient(new LoopConnector(loop), useProxy);
        TimeSpan begin = loop.Time;
        Start(urls, new UrlFetcher(options, http, meter, begin), meter);
        int cancelled = await CollectAsync(meter);
        var summary = new FetchSummary(_results, loop.Time - begin, cancelled > 0 ? cancelled : null);
        report.End(summary);
        return summary.ExitCode;
    }

    private void Start(IReadOnlyList<Uri> urls, UrlFetcher fetcher, FetchMeter meter)
    {
        var slots = new LoopSemaphore(options.Concurrency);
        string[]? names = options.OutputDirectory is null ? null : FileNames.Of(urls);
        _tasks = new LoopTask<FetchResult>[urls.Count];
        for (int i = 0; i < _tasks.Length; i++)
        {
            string? path = names is null ? null : Path.Join(options.OutputDirectory, names[i]);
            _tasks[i] = Aio.CreateTask(FetchOneAsync(urls[i], path), urls[i].OriginalString);
        }

        if (_interrupted)
        {
            Interrupt();
        }

        async Coroutine<FetchResult> FetchOneAsync(Uri url, string? path)
        {
            using (await slots.AcquireAsync())
            {
                meter.Running++;
                try
                {
                    return await fetcher.FetchAsync(url, path);
                }
                finally
                {
                    meter.Running--;
                }
            }
        }
    }

    /// <summary>Reports the results as they come.</summary>
    /// <returns>How many URLs were cancelled.</returns>
    private async Coroutine<int> CollectAsync(FetchMeter meter)
    {
        int cancelled = 0;
        await foreach (LoopTask<FetchResult> task in Aio.AsCompleted(_tasks))
        {
            if (task.IsCancelled)
            {
                cancelled++;
                continue;
            }

            FetchResult result = task.Result;
            meter.Done++;
            meter.Failed += result.IsOk ? 0 : 1;
            _results.Add(result);
            report.Add(result);
        }

        return cancelled;
    }
}

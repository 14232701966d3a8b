using Spectre.Console;

namespace Gyre.Tool;

/// <summary>One run of <c>gyre fetch</c>: all URLs, to the last line.</summary>
internal sealed class FetchRun(FetchOptions options, IFetchReport report)
{
    private static readonly TimeSpan s_refreshPeriod = TimeSpan.FromSeconds(0.1);

    private readonly List<FetchResult> _results = [];

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
    /// <remarks>On cancel: what runs is cancelled, what is done is reported, and the exit code says so.</remarks>
    public async Coroutine<int> RunAsync()
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
        LoopTask ticking = Aio.CreateTask(RefreshAsync(), "refresh of the report");
        int? interrupted;
        TimeSpan total;
        using (var http = new LoopHttpClient(new LoopConnector(loop), useProxy))
        {
            TimeSpan begin = loop.Time;
            LoopTask<FetchResult>[] tasks = Start(urls, new UrlFetcher(options, http, meter, begin), meter);
            interrupted = await CollectAsync(tasks, meter);
            total = loop.Time - begin;
        }

        ticking.Cancel();
        await Aio.Wait([ticking]);
        var summary = new FetchSummary(_results, total, interrupted);
        report.End(summary);
        return summary.ExitCode;
    }

    private LoopTask<FetchResult>[] Start(IReadOnlyList<Uri> urls, UrlFetcher fetcher, FetchMeter meter)
    {
        var slots = new LoopSemaphore(options.Concurrency);
        string[]? names = options.OutputDirectory is null ? null : FileNames.Of(urls);
        var tasks = new LoopTask<FetchResult>[urls.Count];
        for (int i = 0; i < tasks.Length; i++)
        {
            string? path = names is null ? null : Path.Join(options.OutputDirectory, names[i]);
            tasks[i] = Aio.CreateTask(FetchOneAsync(urls[i], path), urls[i].OriginalString);
        }

        return tasks;

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
    /// <returns>How many URLs were not done when this was cancelled; null when it was not.</returns>
    private async Coroutine<int?> CollectAsync(LoopTask<FetchResult>[] tasks, FetchMeter meter)
    {
        var reported = new HashSet<LoopTask<FetchResult>>(ReferenceEqualityComparer.Instance);
        try
        {
            await foreach (LoopTask<FetchResult> task in Aio.AsCompleted(tasks))
            {
                reported.Add(task);
                Report(task.Result, meter);
            }

            return null;
        }
        catch (OperationCanceledException) when (Aio.CurrentTask!.Cancelling() > 0)
        {
            // Ctrl-C has been heard; what follows must not be cancelled by the same request.
            Aio.CurrentTask.Uncancel();
        }

        foreach (LoopTask<FetchResult> task in tasks)
        {
            task.Cancel();
        }

        await Aio.Wait(tasks);
        foreach (LoopTask<FetchResult> task in tasks)
        {
            // It may have ended in the same moment.
            if (!task.IsCancelled && reported.Add(task))
            {
                Report(task.Result, meter);
            }
        }

        return tasks.Length - reported.Count;
    }

    private void Report(FetchResult result, FetchMeter meter)
    {
        meter.Done++;
        meter.Failed += result.IsOk ? 0 : 1;
        _results.Add(result);
        report.Add(result);
    }

    private async Coroutine RefreshAsync()
    {
        while (true)
        {
            await Aio.Sleep(s_refreshPeriod);
            report.Refresh();
        }
    }
}

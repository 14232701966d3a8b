using Spectre.Console;

namespace Gyre.Tool;

/// <summary>The display for a terminal: lines as URLs complete, and below them a bar that moves.</summary>
internal sealed class LiveReport : IFetchReport
{
    private readonly ToolConsole _console;
    private readonly IAnsiConsole _terminal;
    private readonly char _bar;

    /// <summary>What the display waits for: it stays as long as this is pending.</summary>
    private readonly TaskCompletionSource _ended = new();

    private Task _display = Task.CompletedTask;
    private ProgressContext? _context;
    private ProgressTask? _task;
    private FetchMeter? _meter;

    /// <summary>Makes the display.</summary>
    /// <param name="console">Where it is shown.</param>
    /// <param name="terminal">Draws on it.</param>
    public LiveReport(ToolConsole console, IAnsiConsole terminal)
    {
        _console = console;
        _terminal = terminal;
        _bar = terminal.Profile.Capabilities.Unicode ? '━' : '=';
    }

    public void Begin(FetchMeter meter)
    {
        _meter = meter;

        // Drawn only when this thread says so: with a refresh of its own it would bring a thread of its own.
        Progress progress = _terminal.Progress()
            .AutoRefresh(false)
            .AutoClear(true)
            .ExcludeVerticalPadding()
            .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left });
        _display = progress.StartAsync(context =>
        {
            _context = context;
            _task = context.AddTask("starting", maxValue: Math.Max(meter.Count, 1));
            return _ended.Task;
        });
        if (_display.IsCompleted)
        {
            // It failed: otherwise it stays until the end.
            _display.GetAwaiter().GetResult();
        }

        Refresh();
    }

    public void Add(FetchResult result)
    {
        string colour = result.IsOk ? "green" : "red";
        _terminal.Write(new LineAbove(
            $"[{colour}]{ReportText.Status(result)}[/] {ReportText.Size(result)} {ReportText.Time(result)}  "
            + $"{Markup.Escape(ReportText.Url(result))}[{colour}]{Markup.Escape(ReportText.Note(result))}[/]"));
    }

    public void Refresh()
    {
        if (_meter is not { } meter || _task is not { } task || _context is not { } context)
        {
            return;
        }

        task.Value = Math.Min(meter.Done + meter.Partly, meter.Count);
        string failed = meter.Failed > 0 ? Units.Text($", [red]{meter.Failed} failed[/]") : "";
        task.Description = Units.Text($"{meter.Done} of {meter.Count}{failed}, {meter.Running} running, ")
            + Units.Size(meter.Bytes);
        context.Refresh();
    }

    public void End(FetchSummary summary)
    {
        Refresh();

        TakeDown();
        Draw(summary);
        string colour = summary.ExitCode == ExitCode.Ok ? "green" : "red";
        _terminal.MarkupLine($"[{colour}]{Markup.Escape(ReportText.Counts(summary))}[/]");
        _terminal.MarkupLine(Markup.Escape(ReportText.Times(summary)));
    }

    private void TakeDown()
    {
        // Without a context the display goes on right here, inside the call, and not on another thread later.
        SynchronizationContext? loop = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _ended.SetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(loop);
        }

        _display.GetAwaiter().GetResult();
    }

    private void Draw(FetchSummary summary)
    {
        _terminal.WriteLine();
        foreach (TimelineRow row in Timeline.Rows(summary, _console.Width))
        {
            string space = new(' ', row.Before);
            string bar = new(_bar, row.Length);
            string rest = new(' ', row.After);
            string colour = row.IsOk ? "green" : "red";
            _terminal.MarkupLine(
                $"{Markup.Escape(row.Label)} {space}[{colour}]{bar}[/]{rest} [dim]{row.Time,9}[/]");
        }

        if (ReportText.Hidden(summary) is { } hidden)
        {
            _terminal.MarkupLine($"[dim]{Markup.Escape(hidden)}[/]");
        }

        _terminal.WriteLine();
    }
}

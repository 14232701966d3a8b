using System.Text.Json;

namespace Gyre.Conformance;

/// <summary>What one call of a coroutine sees of the blocks around a statement.</summary>
internal sealed class Frame
{
    public Stack<TimeoutScope> Timeouts { get; } = new();

    public Stack<TaskGroup> Groups { get; } = new();
}

/// <summary>How a block was left: by its end, or by <c>return</c> with a value.</summary>
internal readonly record struct Flow(bool Returned, object? Value);

/// <summary>Runs one program and records what happens.</summary>
internal sealed partial class ProgramRun
{
    private static readonly AsyncLocal<int> s_variable = new();

    private readonly JsonElement _program;
    private readonly StepClock _clock = new();
    private readonly EventLoop _loop;
    private readonly List<string> _trace = [];
    private readonly Dictionary<string, Future> _vars = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly Dictionary<string, int> _born = [];
    private readonly List<LoopTask<object?>> _tasks = [];
    private readonly Dictionary<string, Func<bool>> _handles = [];
    private readonly Dictionary<string, object> _objects = [];

    static ProgramRun() => RuntimeWarnings.Raised += _ => { };

    private ProgramRun(JsonElement program)
    {
        _program = program;
        _loop = new EventLoop(new EventLoopOptions { Clock = _clock, Poller = new StepPoller(_clock) })
        {
            ExceptionHandler = OnError,
        };
    }

    public static List<string> Trace(JsonElement program)
    {
        s_variable.Value = 0;
        return new ProgramRun(program).Run();
    }

    private List<string> Run()
    {
        try
        {
            _loop.RunUntilComplete(_loop.CreateTask(Whole(), name: "root"));
        }
        catch (DeadlockException)
        {
            _trace.Add("deadlock");
        }
        catch (LimitException)
        {
            _trace.Add("limit");
        }

        foreach (LoopTask<object?> task in _tasks)
        {
            string state = !task.IsDone ? "pending"
                : task.IsCancelled ? "cancelled"
                : task.Exception is { } error ? "!" + Errors.Show(error)
                : Errors.Show(task.Result);
            _trace.Add($"end {task.Name} {state}");
        }

        // The loop is not closed: it holds nothing of the system's, and a closed loop would report every task that the
        // program left pending, and every error that it did not look at, on standard error.
        return _trace;
    }

    private void Log(string text) =>
        _trace.Add($"{(long)_loop.Time.TotalSeconds} {_loop.CurrentTask?.Name ?? "-"} {text}");

    private void OnError(EventLoop loop, ExceptionContext context)
    {
        // These depend on the garbage collector, in Python too.
        if (context.Message.Contains("never retrieved", StringComparison.Ordinal))
        {
            return;
        }

        Log($"handler {Errors.Show(context.Exception)}");
    }

    private async Coroutine Whole()
    {
        foreach (JsonProperty spec in _program.GetProperty("objects").EnumerateObject())
        {
            _objects[spec.Name] = MakeObject(spec.Value);
        }

        LoopTask<object?> main = Spawn("main", _program.GetProperty("main").GetString()!, null);
        try
        {
            await main;
        }
        catch (Exception e)
        {
            Log($"main !{Errors.Show(e)}");
        }

        foreach (LoopTask<object?> task in _tasks.ToArray())
        {
            task.Cancel();
        }

        List<LoopTask<object?>> left = [.. _tasks.Where(task => !task.IsDone)];
        if (left.Count > 0)
        {
            await Aio.Wait(left, 100.Seconds());
        }
    }

    private LoopTask<object?> Spawn(
        string variable, string coroutine, Func<Coroutine<object?>, string, LoopTask<object?>>? how)
    {
        int number = _counts[variable] = _counts.GetValueOrDefault(variable) + 1;
        string name = $"{variable}.{number}";
        _born[name] = _born.Count;
        Coroutine<object?> call = Call(coroutine);
        LoopTask<object?> task = how is null ? _loop.CreateTask(call, name: name) : how(call, name);
        _vars[variable] = task;
        _tasks.Add(task);
        return task;
    }

    private async Coroutine<object?> Call(string coroutine)
    {
        Log($"start {coroutine}");
        Flow flow;
        try
        {
            flow = await Block(_program.GetProperty("coros").GetProperty(coroutine), new Frame());
        }
        catch (Exception e)
        {
            Log($"leave {coroutine} !{Errors.Show(e)}");
            throw;
        }

        Log($"leave {coroutine} {Errors.Show(flow.Value)}");
        return flow.Value;
    }

    private async Coroutine<Flow> Block(JsonElement statements, Frame frame)
    {
        foreach (JsonElement statement in statements.EnumerateArray())
        {
            Flow flow = await Statement(statement, frame);
            if (flow.Returned)
            {
                return flow;
            }
        }

        return default;
    }

    private async Coroutine<Flow> Statement(JsonElement s, Frame frame)
    {
        Flow flow;
        try
        {
            flow = await Execute(s, frame);
        }
        catch (Exception e)
        {
            Log($"{Id(s)} !{Errors.Show(e)}");
            throw;
        }

        Log($"{Id(s)} {Errors.Show(flow.Value)}");
        return flow;
    }

    /// <summary>A task waits only for futures and for tasks younger than itself, so no cycle can form.</summary>
    private bool MayWait(Future target) =>
        target is not LoopTask task || _born[task.Name] > _born[_loop.CurrentTask!.Name];

    private Future? Target(JsonElement s) =>
        _vars.TryGetValue(Text(s, "var"), out Future? target) && MayWait(target) ? target : null;

    private List<Future> Targets(JsonElement s)
    {
        var targets = new List<Future>();
        foreach (JsonElement name in s.GetProperty("vars").EnumerateArray())
        {
            if (_vars.TryGetValue(name.GetString()!, out Future? target) && MayWait(target))
            {
                targets.Add(target);
            }
        }

        return targets;
    }

    private string NameOf(Future future) => future is LoopTask task
        ? task.Name
        : _vars.FirstOrDefault(entry => ReferenceEquals(entry.Value, future)).Key ?? "?";

    private List<object?> Names(List<Future> targets, IReadOnlyList<Future> chosen) =>
        [.. targets.Distinct().Where(target => chosen.Contains(target)).Select(NameOf)];

    private static string Text(JsonElement s, string field) => s.GetProperty(field).GetString()!;

    private static int Number(JsonElement s, string field) => s.GetProperty(field).GetInt32();

    private static int Id(JsonElement s) => Number(s, "id");

    private static TimeSpan? Ticks(JsonElement s, string field) =>
        s.GetProperty(field) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32().Seconds() : null;

    private static object? ResultOf(Future future) => future switch
    {
        LoopTask<object?> task => task.Result,
        Future<object?> plain => plain.Result,
        _ => throw new ArgumentException("Programs know no other futures."),
    };
}

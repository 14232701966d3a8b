using System.Text.Json;

namespace Gyre.Conformance;

// The statements that may wait. Each does what the oracle's statement of the same name does on asyncio.
internal sealed partial class ProgramRun
{
    private async Coroutine<Flow> Execute(JsonElement s, Frame frame)
    {
        string op = Text(s, "op");
        switch (op)
        {
            case "timeout" or "group" or "try" or "with" or "repeat":
                return await ExecuteBlock(op, s, frame);
            case "return":
                return new Flow(true, Number(s, "value"));
            case "sleep":
                await Aio.Sleep(Number(s, "delay").Seconds());
                return default;
            case "call":
                return Value(await Call(Text(s, "coro")));
            case "await":
                return Value(Target(s) is { } target ? await Result(target) : "novar");
            case "shield":
                return Value(Target(s) is { } shielded ? await Shield(shielded) : "novar");
            case "wait_for":
                return Value(await WaitFor(s));
            case "gather":
                return Value(await Gather(s));
            case "wait":
                return Value(await Wait(s));
            case "as_completed":
                return Value(await AsCompleted(s));
            default:
                string name = s.TryGetProperty("obj", out JsonElement field) ? field.GetString()! : "";
                return Value(_objects.TryGetValue(name, out object? obj)
                    && await UseObject(op, obj, s) is { Known: true } used
                    ? used.Value
                    : ExecuteNow(op, s, frame));
        }
    }

    private async Coroutine<Flow> ExecuteBlock(string op, JsonElement s, Frame frame)
    {
        switch (op)
        {
            case "timeout":
                TimeoutScope? used = null;
                Flow timed = await Aio.Timeout(Ticks(s, "delay"), async scope =>
                {
                    used = scope;
                    frame.Timeouts.Push(scope);
                    try
                    {
                        return await Block(s.GetProperty("body"), frame);
                    }
                    finally
                    {
                        frame.Timeouts.Pop();
                    }
                });
                Log($"{Id(s)} expired {Errors.Show(used!.IsExpired)}");
                return timed;
            case "group":
                return await Aio.TaskGroup(async group =>
                {
                    frame.Groups.Push(group);
                    try
                    {
                        return await Block(s.GetProperty("body"), frame);
                    }
                    finally
                    {
                        frame.Groups.Pop();
                    }
                });
            case "try":
                return await Try(s, frame);
            case "with":
                return await With(_objects[Text(s, "obj")], s, frame);
            default:
                for (int i = Number(s, "times"); i > 0; i--)
                {
                    Flow flow = await Block(s.GetProperty("body"), frame);
                    if (flow.Returned)
                    {
                        return flow;
                    }
                }

                return default;
        }
    }

    private async Coroutine<Flow> Try(JsonElement s, Frame frame)
    {
        try
        {
            try
            {
                return await Block(s.GetProperty("body"), frame);
            }
            catch (Exception e)
            {
                foreach (JsonElement handler in s.GetProperty("catch").EnumerateArray())
                {
                    string kind = handler[0].GetString()!;
                    if (Errors.Matches(e, kind))
                    {
                        Log($"{Id(s)} catch {kind}");
                        return await Block(handler[1], frame);
                    }
                }

                throw;
            }
        }
        finally
        {
            if (s.GetProperty("finally").GetArrayLength() > 0)
            {
                await Block(s.GetProperty("finally"), frame);
            }
        }
    }

    private async Coroutine<object?> WaitFor(JsonElement s)
    {
        TimeSpan? timeout = Ticks(s, "timeout");
        if (s.TryGetProperty("coro", out JsonElement coroutine))
        {
            return await Aio.WaitFor(Call(coroutine.GetString()!), timeout);
        }

        return Target(s) switch
        {
            LoopTask<object?> task => await Aio.WaitFor(task, timeout),
            Future<object?> future => await Aio.WaitFor(future, timeout),
            _ => "novar",
        };
    }

    private async Coroutine<object?> Gather(JsonElement s)
    {
        List<Future> targets = Targets(s);
        if (!s.GetProperty("return_exceptions").GetBoolean())
        {
            await Aio.Gather(targets);
            return targets.ConvertAll(ResultOf);
        }

        Outcome[] outcomes = await Aio.GatherOutcomes([.. targets]);
        return outcomes.Select((outcome, i) => outcome.Exception ?? ResultOf(targets[i])).ToList();
    }

    private async Coroutine<object?> Wait(JsonElement s)
    {
        List<Future> targets = Targets(s);
        if (targets.Count == 0)
        {
            return "empty";
        }

        WaitResult<Future> result = await Aio.Wait(targets, Ticks(s, "timeout"), Text(s, "when") switch
        {
            "first_completed" => WhenDone.First,
            "first_exception" => WhenDone.FirstException,
            _ => WhenDone.All,
        });
        return new List<object?> { Names(targets, result.Done), Names(targets, result.Pending) };
    }

    private async Coroutine<object?> AsCompleted(JsonElement s)
    {
        var seen = new List<object?>();
        await foreach (Future future in Aio.AsCompleted(Targets(s).Where(target => !target.IsDone), Ticks(s, "timeout")))
        {
            seen.Add(NameOf(future));
            try
            {
                seen.Add(Errors.Show(await Result(future)));
            }
            catch (Exception e) when (e is E1 or E2 || (e is CancelledException && future.IsCancelled))
            {
                seen.Add(Errors.Show(e));
            }

            Log($"{Id(s)} item {seen[^2]} {seen[^1]}");
        }

        return seen;
    }

    private static async Coroutine<object?> Shield(Future target) => target switch
    {
        LoopTask<object?> task => await Aio.Shield(task),
        _ => await Aio.Shield((Future<object?>)target),
    };

    private static async Coroutine<object?> Result(Future target) => target switch
    {
        LoopTask<object?> task => await task,
        _ => await (Future<object?>)target,
    };

    private static Flow Value(object? value) => new(false, value);
}

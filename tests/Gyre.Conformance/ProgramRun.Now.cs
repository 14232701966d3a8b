using System.Text.Json;

namespace Gyre.Conformance;

// The statements that never wait. Only these stand in callbacks.
internal sealed partial class ProgramRun
{
    private object? ExecuteNow(string op, JsonElement s, Frame frame)
    {
        switch (op)
        {
            case "log":
                return Text(s, "text");
            case "raise":
                throw Errors.Make(Text(s, "kind"), Text(s, "text"));
            case "spawn":
                return Spawn(Text(s, "var"), Text(s, "coro"), null).Name;
            case "spawn_eager":
                return Spawn(
                    Text(s, "var"),
                    Text(s, "coro"),
                    (coroutine, name) => _loop.CreateTask(coroutine, name, eagerStart: true)).Name;
            case "group_spawn":
                return Spawn(
                    Text(s, "var"),
                    Text(s, "coro"),
                    (coroutine, name) => frame.Groups.Peek().CreateTask(coroutine, name)).Name;
            case "reschedule":
                frame.Timeouts.Peek().Reschedule(_loop.Time + Ticks(s, "delay"));
                return null;
            case "uncancel":
                return _loop.CurrentTask!.Uncancel();
            case "future":
                _vars[Text(s, "var")] = _loop.CreateFuture<object?>();
                return null;
            case "var_set":
                s_variable.Value = Number(s, "value");
                return null;
            case "var_get":
                return s_variable.Value;
            case "time":
                return (long)_loop.Time.TotalSeconds;
            case "call_soon":
                Handle soon = _loop.CallSoon(() => Callback(s.GetProperty("body")));
                _handles[Text(s, "handle")] = soon.Cancel;
                return null;
            case "call_later":
                TimerHandle later = _loop.CallLater(Ticks(s, "delay")!.Value, () => Callback(s.GetProperty("body")));
                _handles[Text(s, "handle")] = later.Cancel;
                return null;
            case "cancel_handle":
                if (!_handles.TryGetValue(Text(s, "handle"), out Func<bool>? cancel))
                {
                    return "novar";
                }

                // The oracle asks cancelled() right after: in Python it is true whenever cancel() was called.
                cancel();
                return true;
            default:
                return s.TryGetProperty("obj", out JsonElement name)
                    ? UseObjectNow(op, _objects[name.GetString()!], s)
                    : UseFuture(op, s);
        }
    }

    private object? UseFuture(string op, JsonElement s)
    {
        if (!_vars.TryGetValue(Text(s, "var"), out Future? target))
        {
            return "novar";
        }

        switch (op)
        {
            case "cancel":
                return target.Cancel(s.GetProperty("msg").GetString());
            case "cancelling":
                return target is LoopTask counted ? counted.Cancelling() : "future";
            case "state":
                return new List<object?> { target.IsDone, target.IsCancelled };
            case "result":
                return ResultOf(target);
            case "set_result":
                (target as Future<object?>)?.SetResult(Number(s, "value"));
                return target is LoopTask ? "task" : null;
            case "set_exception":
                (target as Future<object?>)?.SetException(Errors.Make(Text(s, "kind"), Text(s, "text")));
                return target is LoopTask ? "task" : null;
            case "on_done":
                target.AddDoneCallback(future => Log($"{Id(s)} done {NameOf(future)}"));
                return null;
            default:
                throw new ArgumentException($"unknown statement {op}");
        }
    }

    private void Callback(JsonElement body)
    {
        foreach (JsonElement s in body.EnumerateArray())
        {
            object? value;
            try
            {
                value = ExecuteNow(Text(s, "op"), s, new Frame());
            }
            catch (Exception e)
            {
                Log($"{Id(s)} !{Errors.Show(e)}");
                throw;
            }

            Log($"{Id(s)} {Errors.Show(value)}");
        }
    }
}

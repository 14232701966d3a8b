using System.Diagnostics;

namespace Gyre;

/// <summary>The calls that a task is in.</summary>
internal static class CallStack
{
    private static readonly string s_library = typeof(CallStack).Assembly.GetName().Name!;

    /// <summary>The calls of a task that does not run now, the innermost first: plain methods and iterators, then
    /// coroutines.</summary>
    public static IReadOnlyList<FrameCallGraphEntry> Of(Future future)
    {
        if (future is not LoopTask { IsDone: false } task)
        {
            return [];
        }

        var entries = new List<FrameCallGraphEntry>();
        CoroutineBox? innermost = Trampoline.Current.InnermostOf(task);
        PlainWait? plain = innermost is null ? task.CurrentForeignWait?.Innermost : PlainWait.LastBegunBy(task);
        if (plain is not null)
        {
            entries.AddRange(PlainCode.StateMachines(plain.Continuation).Select(type => Entry(type)));
        }

        AddChain(entries, innermost ?? task.Leaf);
        return entries;
    }

    /// <summary>The calls of the running task, the innermost first, with plain methods among them.</summary>
    /// <param name="task">The task whose step, or whose plain code, calls this.</param>
    /// <param name="depth">How many of the innermost to leave out.</param>
    public static IReadOnlyList<FrameCallGraphEntry> OfRunning(LoopTask task, int depth)
    {
        (List<FrameCallGraphEntry> entries, FrameCallGraphEntry? coroutine) = NativeFrames();
        if (Trampoline.Current.InnermostOf(task) is { } running)
        {
            var chain = new List<FrameCallGraphEntry>();
            AddChain(chain, running);
            if (coroutine is not null && chain.Count > 0 && chain[0].Method == coroutine.Method)
            {
                chain[0] = coroutine;
            }

            entries.AddRange(chain);
        }
        else
        {
            // Plain code of a task that is in a foreign await.
            if (coroutine is not null)
            {
                entries.Add(coroutine);
            }

            AddChain(entries, task.Leaf);
        }

        return entries.Count <= depth ? [] : entries[depth..];
    }

    /// <summary>The calls that an exception has come through, the innermost first.</summary>
    public static IReadOnlyList<FrameCallGraphEntry> Of(Exception exception) =>
        [
            .. from frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames()
               let entry = Entry(frame)
               where entry is not null && (entry.IsAsync || !IsLibrary(frame))
               select entry,
        ];

    private static void AddChain(List<FrameCallGraphEntry> entries, CoroutineBox? innermost)
    {
        for (CoroutineBox? box = innermost; box is not null; box = box.Parent)
        {
            if (box.StateMachineType is { } type)
            {
                entries.Add(Entry(type));
            }
            else if (box.DeclaredIn is { } declaredIn)
            {
                entries.Add(new FrameCallGraphEntry(box.Name, declaredIn, IsAsync: true));
            }
        }
    }

    /// <summary>What stands on the native stack above the library's own frames: methods that the coroutine has
    /// called, then the coroutine itself.</summary>
    private static (List<FrameCallGraphEntry> Methods, FrameCallGraphEntry? Coroutine) NativeFrames()
    {
        var entries = new List<FrameCallGraphEntry>();
        foreach (StackFrame frame in new StackTrace(fNeedFileInfo: true).GetFrames())
        {
            if (IsLibrary(frame))
            {
                if (entries.Count > 0)
                {
                    break;
                }
            }
            else if (Entry(frame) is { } entry)
            {
                entries.Add(entry);
            }
        }

        if (entries is [.., { IsAsync: true } coroutine])
        {
            entries.RemoveAt(entries.Count - 1);
            return (entries, coroutine);
        }

        return (entries, null);
    }

    private static bool IsLibrary(StackFrame frame) =>
        DiagnosticMethodInfo.Create(frame)?.DeclaringAssemblyName.Split(',')[0] == s_library;

    private static FrameCallGraphEntry? Entry(StackFrame frame)
    {
        if (DiagnosticMethodInfo.Create(frame) is not { DeclaringTypeName: { } type } method
            || type.StartsWith("System.", StringComparison.Ordinal))
        {
            return null;
        }

        string[] types = type[(type.LastIndexOf('.') + 1)..].Split('+');
        bool isAsync = method.Name == "MoveNext" && types[^1].StartsWith('<');
        return new FrameCallGraphEntry(
            StateMachineName.Of(isAsync ? types[^1] : method.Name),
            WrittenIn(types),
            isAsync,
            frame.GetFileName(),
            frame.GetFileName() is null ? 0 : frame.GetFileLineNumber());
    }

    private static FrameCallGraphEntry Entry(Type stateMachine)
    {
        Type? type = stateMachine.DeclaringType;
        while (type is { DeclaringType: not null } && type.Name.StartsWith('<'))
        {
            type = type.DeclaringType;
        }

        return new FrameCallGraphEntry(
            StateMachineName.Of(stateMachine), type is null ? null : WithoutArity(type.Name), IsAsync: true);
    }

    // The compiler's own classes, for closures and state machines, are nested in the one that was written.
    private static string? WrittenIn(string[] nestedTypes) =>
        Array.FindLast(nestedTypes, type => !type.StartsWith('<')) is { } type ? WithoutArity(type) : null;

    private static string WithoutArity(string type) => type.Split('`')[0];
}

using System.Text;

namespace Gyre;

/// <summary>Writes call graphs as text, a level of indentation for each level of waiting.</summary>
internal static class CallGraphText
{
    private const int SpacesPerLevel = 4;

    // A loop and not a recursion: a chain of tasks may be long.
    public static string Format(FutureCallGraph graph)
    {
        var text = new StringBuilder();
        var left = new Stack<(FutureCallGraph Graph, int Level)>();
        left.Push((graph, 0));
        while (left.TryPop(out (FutureCallGraph Graph, int Level) next))
        {
            Append(text, next.Graph, next.Level);
            foreach (FutureCallGraph awaiter in next.Graph.AwaitedBy.Reverse())
            {
                left.Push((awaiter, next.Level + 1));
            }
        }

        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, FutureCallGraph graph, int level)
    {
        Line("* " + graph.Future.Describe());
        if (graph.CallStack.Count > 0)
        {
            Line("  + Call stack:");
            foreach (FrameCallGraphEntry entry in graph.CallStack)
            {
                Line("  |   " + entry);
            }
        }

        if (graph.AwaitedBy.Count > 0)
        {
            Line("  + Awaited by:");
        }

        void Line(string line) => text.Append(' ', level * SpacesPerLevel).AppendLine(line);
    }
}

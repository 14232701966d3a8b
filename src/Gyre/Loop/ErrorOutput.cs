namespace Gyre;

/// <summary>The process's standard error, for reports that no caller can receive.</summary>
/// <remarks>Any thread. Never throws: a report that cannot be written must not end the loop it is about.</remarks>
internal static class ErrorOutput
{
    private const int HeldMax = 100;

    private static readonly Lock s_lock = new();
    private static readonly Queue<string> s_held = new();

    /// <summary>Opens the output now, while there is a descriptor for it.</summary>
    public static void Open() => WriteHeld();

    /// <summary>Writes a line. One that cannot be written is kept, and written before the next that can.</summary>
    public static void WriteLine(string text)
    {
        lock (s_lock)
        {
            if (s_held.Count == HeldMax)
            {
                s_held.Dequeue();
            }

            s_held.Enqueue(text);
        }

        WriteHeld();
    }

    private static void WriteHeld()
    {
        lock (s_lock)
        {
            try
            {
                TextWriter output = Console.Error;
                while (s_held.TryPeek(out string? text))
                {
                    output.WriteLine(text);
                    s_held.Dequeue();
                }
            }
            catch (Exception)
            {
                // There is no descriptor left to open it with, nobody reads it, or it is somebody's own writer.
                // What is held is tried again.
            }
        }
    }
}

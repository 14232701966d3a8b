namespace Gyre.Soak;

/// <summary>Writes each check with its figure, and remembers whether one has failed.</summary>
internal sealed class Verdict
{
    private bool _failed;

    /// <summary>The exit code of the program.</summary>
    public int ExitCode => _failed ? 1 : 0;

    public void Check(bool holds, string what)
    {
        _failed |= !holds;
        Console.WriteLine($"{(holds ? "ok    " : "FAILED")}  {what}");
    }

    /// <summary>Runs a soak on a loop of its own.</summary>
    public static int Run(Func<Verdict, Coroutine> soak)
    {
        var verdict = new Verdict();
        Aio.Run(() => soak(verdict));
        return verdict.ExitCode;
    }
}

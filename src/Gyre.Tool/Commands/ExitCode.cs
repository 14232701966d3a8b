namespace Gyre.Tool;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>At least one URL failed.</summary>
    public const int SomeFailed = 1;

    /// <summary>Nothing was done, because the arguments make no sense.</summary>
    public const int BadArguments = 2;

    /// <summary>Ctrl-C: 128 and the number of the signal, as shells count it.</summary>
    public const int Interrupted = 130;
}

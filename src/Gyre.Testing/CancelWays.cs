namespace Gyre.Testing;

/// <summary>How <see cref="CancelEverywhere"/> cancels.</summary>
[Flags]
public enum CancelWays
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>One <c>task.Cancel()</c>.</summary>
    Once = 1,

    /// <summary>A <c>task.Cancel()</c> at the moment and at the two after it: the clean-up is cancelled
    /// too.</summary>
    Repeatedly = 2,

    /// <summary>A cancelled <see cref="CancelScope"/> around the coroutine.</summary>
    ByScope = 4,

    /// <summary>Each way, one after another.</summary>
    All = Once | Repeatedly | ByScope,
}

namespace Gyre.Testing;

/// <summary>How <see cref="LoopFactAttribute"/> and <see cref="LoopTheoryAttribute"/> say how a test is
/// run.</summary>
public interface ILoopTestAttribute
{
    /// <summary>Whether the loop runs on the system's clock and does real I/O, instead of on virtual
    /// time.</summary>
    bool RealTime { get; }

    /// <summary>Whether the test may end while tasks that it started are not done. They are cancelled
    /// then.</summary>
    bool AllowsLeftTasks { get; }

    /// <summary>Whether errors may reach the loop's exception handler, and errors of futures remain
    /// unseen.</summary>
    bool AllowsUnhandledErrors { get; }

    /// <summary>How long the test may take in real time, in milliseconds; 0 for no limit. 30,000 by
    /// default.</summary>
    /// <remarks>Other than xunit's <c>Timeout</c>, it cancels the test, waits until that has ended, and tells
    /// who waited for what.</remarks>
    int LimitMilliseconds { get; }
}

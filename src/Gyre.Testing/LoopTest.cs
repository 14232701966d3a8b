namespace Gyre.Testing;

/// <summary>Runs tests that are coroutines, and checks that they leave nothing behind.</summary>
/// <remarks>For any test framework. With xunit.v3, <c>[LoopFact]</c> of the package Gyre.Testing.Xunit does
/// it.</remarks>
public static class LoopTest
{
    /// <summary>Runs a test on a loop of its own: on virtual time and in debug mode, unless the options say
    /// otherwise.</summary>
    /// <param name="test">The test. Runs on the calling thread, in a task.</param>
    /// <param name="options">How to run it.</param>
    /// <remarks>Returns when the test has ended, and what it left behind has been cancelled and has
    /// ended.</remarks>
    /// <exception cref="DeadlockException">On virtual time: everybody waits, and nothing will
    /// happen.</exception>
    /// <exception cref="TimeoutException">The test took longer than the limit. The message tells who waited
    /// for what then.</exception>
    /// <exception cref="LoopTestException">The test ended well, and tasks were left that are not done, or
    /// errors that nobody received.</exception>
    /// <exception cref="InvalidOperationException">This thread runs a loop already.</exception>
    public static void Run(Func<Coroutine> test, LoopTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        new LoopTestRun(options ?? new LoopTestOptions()).Run(test);
    }
}

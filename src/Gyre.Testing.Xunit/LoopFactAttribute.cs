using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>A test that runs inside a loop of its own: on virtual time and in debug mode.</summary>
/// <remarks>The method may return a coroutine, a <see cref="Task"/>, a <see cref="ValueTask"/> or nothing. It
/// fails when it leaves tasks or unseen errors behind, as <see cref="LoopTest.Run"/> does. The test's class
/// is made and disposed of outside of the loop.</remarks>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(LoopFactDiscoverer))]
public sealed class LoopFactAttribute : FactAttribute, ILoopTestAttribute
{
    /// <summary>Marks a method as a test.</summary>
    /// <param name="sourceFilePath">Filled in by the compiler.</param>
    /// <param name="sourceLineNumber">Filled in by the compiler.</param>
    public LoopFactAttribute(
        [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
    }

    /// <inheritdoc/>
    public bool RealTime { get; set; }

    /// <inheritdoc/>
    public bool AllowsLeftTasks { get; set; }

    /// <inheritdoc/>
    public bool AllowsUnhandledErrors { get; set; }

    /// <inheritdoc/>
    public int LimitMilliseconds { get; set; } = LoopTestOptionsReader.LimitMillisecondsDefault;
}

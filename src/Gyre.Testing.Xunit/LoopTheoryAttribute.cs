using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>A test with data, each row of which runs inside a loop of its own.</summary>
/// <remarks>As <see cref="LoopFactAttribute"/>.</remarks>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(LoopTheoryDiscoverer))]
public sealed class LoopTheoryAttribute : TheoryAttribute, ILoopTestAttribute
{
    /// <summary>Marks a method as a test with data.</summary>
    /// <param name="sourceFilePath">Filled in by the compiler.</param>
    /// <param name="sourceLineNumber">Filled in by the compiler.</param>
    public LoopTheoryAttribute(
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

using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>Runs one test; the context calls its method.</summary>
internal sealed class LoopTestRunner : XunitTestRunnerBase<LoopTestRunnerContext, IXunitTest>
{
    public static readonly LoopTestRunner Instance = new();

    public ValueTask<RunSummary> RunTestOf(LoopTestRunnerContext context) => Run(context);
}

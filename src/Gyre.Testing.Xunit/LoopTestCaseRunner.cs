using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>Runs the tests of one case. All is xunit's own, but the call of the method.</summary>
internal sealed class LoopTestCaseRunner
    : XunitTestCaseRunnerBase<LoopTestCaseRunnerContext, IXunitTestCase, IXunitTest>
{
    private static readonly LoopTestCaseRunner s_instance = new();

    public static async ValueTask<RunSummary> Run(
        IXunitTestCase testCase,
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource,
        ParallelMode parallelMode,
        ExecutionScheduler scheduler,
        FixtureMappingManager methodFixtureMappings)
    {
        IReadOnlyCollection<IXunitTest> tests = await aggregator.RunAsync(testCase.CreateTests, []);
        if (aggregator.ToException() is { } error)
        {
            return XunitRunnerHelper.FailTestCases(
                messageBus, cancellationTokenSource, [testCase], error, sendTestCaseMessages: false);
        }

        await using var context = new LoopTestCaseRunnerContext(
            testCase, tests, explicitOption, messageBus, aggregator, cancellationTokenSource, parallelMode, scheduler,
            constructorArguments, methodFixtureMappings);
        await context.InitializeAsync();
        return await s_instance.Run(context);
    }
}

using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

internal sealed class LoopTestCaseRunnerContext(
    IXunitTestCase testCase,
    IReadOnlyCollection<IXunitTest> tests,
    ExplicitOption explicitOption,
    IMessageBus messageBus,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellationTokenSource,
    ParallelMode parallelMode,
    ExecutionScheduler scheduler,
    object?[] constructorArguments,
    FixtureMappingManager methodFixtureMappings)
    : XunitTestCaseRunnerBaseContext<IXunitTestCase, IXunitTest>(
        testCase, tests, explicitOption, messageBus, aggregator, testCase.TestCaseDisplayName, testCase.SkipReason,
        cancellationTokenSource, parallelMode, scheduler, constructorArguments, methodFixtureMappings)
{
    public override async ValueTask<RunSummary> RunTest(IXunitTest test)
    {
        await using var context = new LoopTestRunnerContext(
            test, ExplicitOption, MessageBus, Aggregator.Clone(), CancellationTokenSource, ParallelMode, Scheduler,
            BeforeAfterTestAttributes, ConstructorArguments, CaseFixtureMappings);
        await context.InitializeAsync();
        return await LoopTestRunner.Instance.RunTestOf(context);
    }
}

using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>A test with data that is only read when it runs; each row runs inside a loop.</summary>
internal sealed class LoopTheoryTestCase : XunitDelayEnumeratedTheoryTestCase, ISelfExecutingXunitTestCase
{
    /// <summary>For xunit, which fills it in when it reads the case from text.</summary>
    [Obsolete("Called by xunit's deserialiser.", error: true)]
    public LoopTheoryTestCase()
    {
    }

    public LoopTheoryTestCase(
        IXunitTestMethod testMethod,
        string displayName,
        string uniqueID,
        bool isExplicit,
        bool skipTestWithoutData,
        Type[]? skipExceptions,
        string? skipReason,
        Type? skipType,
        string? skipUnless,
        string? skipWhen,
        Dictionary<string, HashSet<string>>? traits,
        string? sourceFilePath,
        int? sourceLineNumber,
        int? timeout)
        : base(
            testMethod, displayName, uniqueID, isExplicit, skipTestWithoutData, skipExceptions, skipReason, skipType,
            skipUnless, skipWhen, traits, sourceFilePath, sourceLineNumber, timeout)
    {
    }

    public ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource,
        ParallelMode parallelMode,
        ExecutionScheduler scheduler,
        FixtureMappingManager methodFixtureMappings) =>
        LoopTestCaseRunner.Run(
            this, explicitOption, messageBus, constructorArguments, aggregator, cancellationTokenSource, parallelMode,
            scheduler, methodFixtureMappings);
}

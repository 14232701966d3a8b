using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>A test that runs inside a loop.</summary>
internal sealed class LoopTestCase : XunitTestCase, ISelfExecutingXunitTestCase
{
    /// <summary>For xunit, which fills it in when it reads the case from text.</summary>
    [Obsolete("Called by xunit's deserialiser.", error: true)]
    public LoopTestCase()
    {
    }

    public LoopTestCase(
        IXunitTestMethod testMethod,
        string displayName,
        string uniqueID,
        bool isExplicit,
        Type[]? skipExceptions,
        string? skipReason,
        Type? skipType,
        string? skipUnless,
        string? skipWhen,
        Dictionary<string, HashSet<string>>? traits,
        object?[]? testMethodArguments,
        string? sourceFilePath,
        int? sourceLineNumber,
        int? timeout)
        : base(
            testMethod, displayName, uniqueID, isExplicit, skipExceptions, skipReason, skipType, skipUnless, skipWhen,
            traits, testMethodArguments, sourceFilePath, sourceLineNumber, timeout)
    {
    }

    public static Dictionary<string, HashSet<string>> CopyTraits(
        IReadOnlyDictionary<string, IReadOnlyCollection<string>> traits) =>
        traits.ToDictionary(
            trait => trait.Key,
            trait => new HashSet<string>(trait.Value, StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase);

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

using System.Reflection;
using Gyre.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Tests.Testing;

public class LoopFactFailureTests
{
    [Theory]
    [InlineData(nameof(LoopFactFailures.Coroutine_ThatFails), "on purpose")]
    [InlineData(nameof(LoopFactFailures.Coroutine_ThatDeadlocks), "Deadlock: nothing is ready")]
    [InlineData(nameof(LoopFactFailures.Coroutine_ThatLeavesATask), "task 'left' in Forever")]
    [InlineData(nameof(LoopFactFailures.Coroutine_ThatForgetsAnError), "task 'forgotten' was never retrieved")]
    [InlineData(nameof(LoopFactFailures.Coroutine_ThatTakesTooLong), "The test did not end within")]
    [InlineData(nameof(LoopFactFailures.Method_WithAnotherResult), "returns a System.Int32")]
    public async Task LoopFact_TestThatFails_IsReported(string method, string reason)
    {
        var reports = new Reports();
        RunSummary summary = await Run(method, new LoopFactDiscoverer(), reports);
        Assert.Equal((1, 1), (summary.Total, summary.Failed));
        Assert.Contains(reason, string.Join("\n", reports.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoopTheory_RowThatFails_IsReported()
    {
        var reports = new Reports();
        RunSummary summary =
            await Run(nameof(LoopFactFailures.Theory_ThatFailsForOneRow), new LoopTheoryDiscoverer(), reports);
        Assert.Equal((2, 1), (summary.Total, summary.Failed));
    }

    private static async Task<RunSummary> Run(string name, IXunitTestCaseDiscoverer discoverer, Reports reports)
    {
        Type type = typeof(LoopFactFailures);
        MethodInfo info = type.GetMethod(name)!;
        var collection = new XunitTestCollection(
            new XunitTestAssembly(type.Assembly, configFilePath: null, assemblyName: null),
            collectionDefinition: null,
            disableParallelization: false,
            "failures");
        var method = new XunitTestMethod(new XunitTestClass(type, collection), info, []);
        IReadOnlyCollection<IXunitTestCase> cases = await discoverer.Discover(
            new DefaultOptions(), method, info.GetCustomAttributes().OfType<IFactAttribute>().Single());
        var summary = default(RunSummary);
        await using var scheduler = ExecutionScheduler.CreateUnlimited();
        foreach (IXunitTestCase testCase in cases)
        {
            await using var mappings = new FixtureMappingManager("none");
            using var source = new CancellationTokenSource();
            summary.Aggregate(await Assert.IsType<ISelfExecutingXunitTestCase>(testCase, exactMatch: false).Run(
                ExplicitOption.Off, reports, [], new ExceptionAggregator(), source, default, scheduler, mappings));
        }

        return summary;
    }

    private sealed class DefaultOptions : ITestFrameworkDiscoveryOptions
    {
        public TValue? GetValue<TValue>(string name) => default;

        public void SetValue<TValue>(string name, TValue value)
        {
        }

        public string ToJson() => "{}";
    }

    /// <summary>What xunit would have told its runner.</summary>
    private sealed class Reports : IMessageBus
    {
        public List<string> Failures { get; } = [];

        public bool QueueMessage(IMessageSinkMessage message)
        {
            if (message is ITestFailed failed)
            {
                Failures.AddRange(failed.Messages);
            }

            return true;
        }

        public void Dispose()
        {
        }
    }
}

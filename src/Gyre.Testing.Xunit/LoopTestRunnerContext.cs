using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>Calls the test's method inside a loop.</summary>
internal sealed class LoopTestRunnerContext(
    IXunitTest test,
    ExplicitOption explicitOption,
    IMessageBus messageBus,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellationTokenSource,
    ParallelMode parallelMode,
    ExecutionScheduler scheduler,
    IReadOnlyCollection<IBeforeAfterTestAttribute> beforeAfterTestAttributes,
    object?[] constructorArguments,
    FixtureMappingManager caseFixtureMappings)
    : XunitTestRunnerBaseContext<IXunitTest>(
        test, explicitOption, messageBus, aggregator, cancellationTokenSource, parallelMode, scheduler,
        beforeAfterTestAttributes, constructorArguments, caseFixtureMappings)
{
    private static readonly MethodInfo s_awaitResult =
        typeof(LoopTestRunnerContext).GetMethod(nameof(AwaitResult), BindingFlags.NonPublic | BindingFlags.Static)!;

    protected override object? InvokeTestMethod(object? testClassInstance)
    {
        LoopTest.Run(
            async () => await Call(testClassInstance), LoopTestOptionsReader.Read(Method));

        // The test has ended: nothing is left for xunit to await.
        return null;
    }

    private async Coroutine Call(object? testClassInstance)
    {
        switch (base.InvokeTestMethod(testClassInstance))
        {
            case null:
                break;
            case Coroutine coroutine:
                await coroutine;
                break;
            case Future future:
                await future;
                break;
            case Task task:
                await task;
                break;
            case ValueTask task:
                await task;
                break;
            case { } other when other.GetType() is { IsGenericType: true } type
                && type.GetGenericTypeDefinition() == typeof(Coroutine<>):
                await (Coroutine)s_awaitResult.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [other])!;
                break;
            case { } other:
                throw new InvalidOperationException(
                    $"{Method.Name} returns a {other.GetType()}. A test returns a coroutine, a task or nothing.");
        }
    }

    private static async Coroutine AwaitResult<T>(Coroutine<T> coroutine) => await coroutine;
}

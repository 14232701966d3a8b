using System.ComponentModel;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>Makes the test cases of a <see cref="LoopTheoryAttribute"/>. For xunit.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LoopTheoryDiscoverer : TheoryDiscoverer
{
    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyCollection<IXunitTestCase>> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod,
        ITheoryAttribute theoryAttribute,
        ITheoryDataRow dataRow,
        object?[] testMethodArguments,
        string? index)
    {
        var details = TestIntrospectionHelper.GetTestCaseDetailsForTheoryDataRow(
            discoveryOptions, testMethod, theoryAttribute, dataRow, testMethodArguments, index);
        return new([new LoopTestCase(
            details.ResolvedTestMethod,
            details.TestCaseDisplayName,
            details.UniqueID,
            details.Explicit,
            details.SkipExceptions,
            details.SkipReason,
            details.SkipType,
            details.SkipUnless,
            details.SkipWhen,
            TestIntrospectionHelper.GetTraits(testMethod, dataRow),
            testMethodArguments,
            details.SourceFilePath,
            details.SourceLineNumber,
            details.Timeout)]);
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyCollection<IXunitTestCase>> CreateTestCasesForTheory(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod,
        ITheoryAttribute theoryAttribute)
    {
        var details = TestIntrospectionHelper.GetTestCaseDetails(discoveryOptions, testMethod, theoryAttribute);
        if (details.SkipReason is not null && details.SkipUnless is null && details.SkipWhen is null)
        {
            return base.CreateTestCasesForTheory(discoveryOptions, testMethod, theoryAttribute);
        }

        return new([new LoopTheoryTestCase(
            details.ResolvedTestMethod,
            details.TestCaseDisplayName,
            details.UniqueID,
            details.Explicit,
            theoryAttribute.SkipTestWithoutData,
            details.SkipExceptions,
            details.SkipReason,
            details.SkipType,
            details.SkipUnless,
            details.SkipWhen,
            LoopTestCase.CopyTraits(testMethod.Traits),
            details.SourceFilePath,
            details.SourceLineNumber,
            details.Timeout)]);
    }
}

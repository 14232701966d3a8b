using System.ComponentModel;
using Xunit.Sdk;
using Xunit.v3;

namespace Gyre.Testing;

/// <summary>Makes the test case of a <see cref="LoopFactAttribute"/>. For xunit.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LoopFactDiscoverer : FactDiscoverer
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        var details = TestIntrospectionHelper.GetTestCaseDetails(discoveryOptions, testMethod, factAttribute);
        return new LoopTestCase(
            details.ResolvedTestMethod,
            details.TestCaseDisplayName,
            details.UniqueID,
            details.Explicit,
            details.SkipExceptions,
            details.SkipReason,
            details.SkipType,
            details.SkipUnless,
            details.SkipWhen,
            LoopTestCase.CopyTraits(testMethod.Traits),
            testMethodArguments: null,
            details.SourceFilePath,
            details.SourceLineNumber,
            details.Timeout);
    }
}

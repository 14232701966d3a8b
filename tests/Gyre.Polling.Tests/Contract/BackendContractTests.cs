namespace Gyre.Polling.Tests;

/// <summary>A backend of this machine keeps its contract: each check of it, alone.</summary>
public abstract class BackendContractTests(PollerBackend backend)
{
    /// <summary>For a machine that has much else to do. Nothing waits for so long unless something is lost.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static IEnumerable<TheoryDataRow<string>> Checks { get; } =
        [.. PollerContract.Checks.Select(check => new TheoryDataRow<string>(check.Name) { Label = check.Name })];

    [Theory]
    [MemberData(nameof(Checks), MemberType = typeof(BackendContractTests))]
    public void Contract_EachCheck_Holds(string check)
    {
        Assert.SkipUnless(Poller.IsSupported(backend), $"This machine has no {backend} backend.");
        string? lack = PollerContract.GetCheck(check).Run(() => Poller.Create(backend), s_patience);
        Assert.SkipWhen(lack is not null, lack ?? "");
    }

    [Fact]
    public void BackendName_AnyBackend_IsTheNameThatChoosesIt()
    {
        Assert.SkipUnless(Poller.IsSupported(backend), $"This machine has no {backend} backend.");
        using var poller = Poller.Create(backend);
        Assert.Equal(backend, Poller.ParseBackend(poller.BackendName));
    }
}

using Gyre.Testing;

namespace Gyre.Tests.Testing.Everywhere;

/// <summary>Every public awaitable of the library is cancelled at every moment of its life.</summary>
public class CancelEverywhereCoverageTests
{
    public static TheoryData<string> Names() => [.. Scenarios.All.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Awaitables_OfTheLibrary_HaveAScenarioEach()
    {
        Assert.NotEmpty(PublicAwaitables.Names);
        Assert.Empty(PublicAwaitables.Names.Except(Scenarios.All.Keys));
    }

    [Fact]
    public void Scenarios_AreForAwaitablesThatExist() =>
        Assert.Empty(Scenarios.All.Keys.Except(PublicAwaitables.Names));

    [Theory]
    [MemberData(nameof(Names))]
    public void Awaitable_CancelledEverywhere_LosesNothing(string name)
    {
        Scenario scenario = Scenarios.All[name];
        IReadOnlyList<CancelMoment> moments = CancelEverywhere.Run(
            run => Scenarios.Run(scenario, run),
            new CancelEverywhereOptions { RealTime = scenario.RealTime });
        Assert.True(
            moments.Count > 1 || scenario.NeverWaits is not null,
            "The target never waits: nothing is tried but the time before its first step.");
    }
}

using Gyre.Testing;

namespace Gyre.Tests.Tasks.Cancellation;

/// <summary>Runs every cell of the tables in docs/cancellation.md.</summary>
public class CancellationTableTests
{
    public static TheoryData<string, string> PlaceCells() =>
        [.. from place in Place.All() from source in Source.All() select (place.Name, source.Name)];

    public static TheoryData<string, string> PairCells() =>
        [.. from pair in BlockPair.All() select (pair.Row, pair.Column)];

    /// <summary>Guarantees G-50, G-53.</summary>
    [Theory]
    [MemberData(nameof(PlaceCells))]
    public void Request_AtPlace_DoesWhatTheTableSays(string row, string column)
    {
        Place place = Place.All().Single(place => place.Name == row);
        Source source = Source.All().Single(source => source.Name == column);
        string expected = CancellationTable.Cells[(row, column)];
        if (place.NeedsImmediate && !source.IsImmediate)
        {
            Assert.Equal(CancellationTable.Impossible, expected);
            return;
        }

        Assert.Equal(expected, Observe(place, source));
    }

    /// <summary>Guarantee G-53.</summary>
    [Theory]
    [MemberData(nameof(PairCells))]
    public void Requests_OfTwoBlocksAtOnce_DoWhatTheTableSays(string row, string column)
    {
        BlockPair pair = BlockPair.All().Single(pair => pair.Row == row && pair.Column == column);
        Assert.Equal(CancellationTable.Cells[(row, column)], Run(pair.Observe));
    }

    [Fact]
    public void Tables_HaveNoCellThatIsNotRun()
    {
        IEnumerable<(string, string)> run = PlaceCells().Concat(PairCells()).Select(row => row.Data);
        Assert.NotEmpty(CancellationTable.Cells);
        Assert.Equal(run.Order(), CancellationTable.Cells.Keys.Order());
    }

    [Theory]
    [InlineData("| Where else the task is | `task.Cancel()` |\n|-|-|\n| asleep | cancelled |", "Where else the task is")]
    [InlineData("| Where the task is | `task.Cancel()` |\n|-|-|\n| asleep | cancelled | again |", "3 cells instead of 2")]
    public void Read_OfATableThatNoTestRuns_IsRefused(string table, string message)
    {
        using var page = new System.IO.StringReader($"## When each meets each\n{table}\n");
        Assert.Contains(message, Assert.Throws<FormatException>(() => CancellationTable.Read(page)).Message);
    }

    private static string Observe(Place place, Source source)
    {
        var probe = new Probe { Source = source };
        string end = Run(() => probe.Run(place.Run));
        return probe.Seen.Length == 0 ? $"→ {end}"
            : end == source.UsualEnd ? probe.Seen
            : $"{probe.Seen} → {end}";
    }

    private static T Run<T>(Func<Coroutine<T>> main)
    {
        // Where a BCL task is awaited here, no thread works on it.
        var clock = new VirtualClock { Patience = TimeSpan.Zero };
        return Aio.Run(main, clock.CreateOptions(debug: true));
    }
}

using System.CommandLine;
using System.Globalization;

namespace Gyre.Bench;

/// <summary><c>growth</c>: whether costs grow as they should.</summary>
internal static class GrowthCommand
{
    // The smaller the pass, the more often.
    private static readonly (int Divisor, int Passes)[] s_sizes = [(100, 25), (10, 9), (1, 3)];

    public static Command Create()
    {
        var names = new Option<string[]>("--case")
        {
            Description = "Only these cases.",
            AllowMultipleArgumentsPerToken = true,
        };
        names.AcceptOnlyFromAmong([.. Cases.Select(one => one.Name)]);
        var picture = new Option<string>("--svg") { Description = "Draw the result into this file." };
        var command = new Command("growth", "Each case at n, 10 n and 100 n: exit code 1 when a cost grows too fast.")
        {
            names, picture,
        };
        command.SetAction(parsed =>
        {
            string[] wanted = parsed.GetValue(names) ?? [];
            GrowthResult[] results =
                [.. Cases.Where(one => wanted.Length == 0 || wanted.Contains(one.Name)).Select(Measure)];
            if (parsed.GetValue(picture) is { } file)
            {
                File.WriteAllText(file, GrowthPicture.Draw(results));
            }

            return results.All(result => result.IsAsItShould) ? 0 : 1;
        });
        return command;
    }

    /// <summary>Not those that tell how long something takes to arrive: there is no total.</summary>
    private static IEnumerable<Case> Cases => CaseList.All.Where(one => one.Body is not null);

    private static GrowthResult Measure(Case one)
    {
        if (!one.IsCold)
        {
            Aio.Run(Pass.WarmUp(one, one.Count));
        }

        var points = new List<(int Count, double Nanoseconds)>();
        foreach ((int divisor, int passes) in s_sizes)
        {
            int count = one.Count / divisor;
            double[] times = [.. Enumerable.Range(0, passes).Select(_ => Aio.Run(RunPass(one, count))).Order()];
            points.Add((count, times[passes / 2]));
        }

        var result = new GrowthResult(one, points);
        string figures = string.Concat(points.Select(point => string.Create(
            CultureInfo.InvariantCulture, $"{point.Nanoseconds,9:F1} ns at {point.Count,-10:N0}")));
        Console.WriteLine($"{(result.IsAsItShould ? "ok    " : "FAILED")}  {one.Name,-18} n^{result.Exponent:F2} {figures}");
        return result;
    }

    /// <returns>Nanoseconds of processor time for an operation.</returns>
    private static async Coroutine<double> RunPass(Case one, int count)
    {
        // What the pass before has left is not of this one.
        GC.Collect();
        Pass pass = await Pass.Measure(one, count);
        Idling.Release();
        return pass.Cpu.TotalNanoseconds / count;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Gyre.Bench;

/// <summary><c>compare</c>: two builds of this program, case by case, in interleaved runs.</summary>
/// <remarks>Each measurement is a process of its own: how the runtime lays out and compiles code differs from process to
/// process, and belongs to what is measured. The two of a pair follow each other at once, in an order that
/// changes from round to round, since the speed of a shared machine wanders.</remarks>
internal static class CompareCommand
{
    private const double Confidence = 0.99;
    private const int Passes = 3;

    public static Command Create()
    {
        var before = new Argument<string>("before") { Description = "The older Gyre.Bench: its program or its Gyre.Bench.dll." };
        var after = new Argument<string>("after") { Description = "The newer one." };
        var names = new Option<string[]>("--case")
        {
            Description = "Only these cases.",
            AllowMultipleArgumentsPerToken = true,
        };
        names.AcceptOnlyFromAmong([.. CaseList.All.Select(one => one.Name)]);
        var rounds = new Option<int>("--rounds")
        {
            Description = "Pairs of runs of each case. Fewer than 7 cannot show much.",
            DefaultValueFactory = _ => 11,
        };
        var scale = new Option<double>("--scale")
        {
            Description = "Times the usual number of operations.",
            DefaultValueFactory = _ => 1,
        };
        var threshold = new Option<double>("--threshold")
        {
            Description = "Percent: the exit code is 1 when a case is surely slower by more.",
            DefaultValueFactory = _ => 3,
        };
        var command = new Command("compare", "Compares two builds of this program: exit code 1 for a sure regression.")
        {
            before, after, names, rounds, scale, threshold,
        };
        command.SetAction(parsed =>
        {
            string[] wanted = parsed.GetValue(names) ?? [];
            string[] sides = [parsed.GetValue(before)!, parsed.GetValue(after)!];
            string[] cases =
            [
                .. CaseList.All.Select(one => one.Name).Where(name => wanted.Length == 0 || wanted.Contains(name)),
            ];
            Dictionary<string, List<double>[]> measured =
                Measure(sides, cases, parsed.GetValue(rounds), parsed.GetValue(scale));
            return Report(measured, parsed.GetValue(threshold) / 100);
        });
        return command;
    }

    private static Dictionary<string, List<double>[]> Measure(string[] sides, string[] cases, int rounds, double scale)
    {
        var measured = cases.ToDictionary(name => name, _ => new List<double>[] { [], [] });
        for (int round = 0; round < rounds; round++)
        {
            foreach (string name in cases)
            {
                int first = round % 2;
                double one = RunOnce(sides[first], name, scale);
                double other = RunOnce(sides[1 - first], name, scale);
                measured[name][first].Add(one);
                measured[name][1 - first].Add(other);
            }

            Console.Error.WriteLine($"round {round + 1} of {rounds}");
        }

        return measured;
    }

    /// <returns>Nanoseconds of processor time an operation, which other programs disturb least; of a case that measures how
    /// long something takes to arrive, nanoseconds.</returns>
    private static double RunOnce(string program, string name, double scale)
    {
        string factor = scale.ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["micro", "--case", name, "--rounds", $"{Passes}", "--scale", factor, "--json"];
        ProcessStartInfo start = program.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"'{program}' has no case '{name}', or it failed: exit code {process.ExitCode}. Choose cases with --case.");
        }

        MicroLine line = JsonSerializer.Deserialize(output, MicroJson.Default.MicroLine)!;

        // A build of before it was measured has no processor time.
        return CaseList.Find(name)!.Latencies is not null || line.CpuMedian == 0 ? line.Median : line.CpuMedian;
    }

    private static int Report(Dictionary<string, List<double>[]> measured, double threshold)
    {
        int regressions = 0;
        Console.WriteLine($"{"case",-18} {"before, ns",11} {"after, ns",11} {"ratio",6}  {Confidence:P0} sure in");
        foreach ((string name, List<double>[] sides) in measured)
        {
            var ratio = new RatioStatistics([.. sides[1].Zip(sides[0], (after, before) => after / before)], Confidence);
            bool isRegression = ratio.IsSlowerThan(threshold);
            regressions += isRegression ? 1 : 0;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-18} {Middle(sides[0]),11:F1} {Middle(sides[1]),11:F1} {ratio.Median,6:F3}"
                + $"  {ratio.Low:F3} to {ratio.High:F3}  {(isRegression ? "REGRESSION" : ratio.Verdict)}"));
        }

        Console.WriteLine(regressions == 0
            ? $"no case is surely slower by more than {threshold:P0}"
            : $"{regressions} case(s) are surely slower by more than {threshold:P0}");
        return regressions == 0 ? 0 : 1;
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

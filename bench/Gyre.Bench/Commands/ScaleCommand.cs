using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Gyre.Bench;

/// <summary><c>scale</c>: what several loops serve, over what one loop serves.</summary>
/// <remarks>The load client is in this process and needs a processor's time, too. So the server works for each message:
/// then the client's part is small, and the loops have nearly all of the machine. Where other programs run, too, the
/// second figure is the one to read: what the loops serve for the same processor time, which would be 1 without any cost
/// of being two.</remarks>
internal static partial class ScaleCommand
{
    private const int MessageSize = 1024;

    // The compiler replaces its first code within a second of work.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1.5);

    public static Command Create()
    {
        var loops = CommonOptions.Number("--loops", "How many loops are set beside one.", 2);
        var work = CommonOptions.Number("--work", "How often the server hashes each message.", 4000);
        var connections = CommonOptions.Number("--connections", "How many talk to the server at once.", 50);
        var rounds = CommonOptions.Number("--rounds", "How often each is measured, in turns.", 5);
        var least = new Option<double>("--least")
        {
            Description = "Exit code 1 when the median ratio is less.",
            DefaultValueFactory = _ => 0,
        };
        var command = new Command("scale", "Requests a second of an echo server on several loops, over those on one.")
        {
            loops, work, connections, rounds, least,
        };
        command.SetAction(parsed =>
        {
            double median = Run(
                parsed.GetValue(rounds), parsed.GetValue(loops), parsed.GetValue(work), parsed.GetValue(connections));
            return median >= parsed.GetValue(least) ? 0 : 1;
        });
        return command;
    }

    /// <returns>The median ratio.</returns>
    private static double Run(int rounds, int loops, int work, int connections)
    {
        var ratios = new List<double>();
        var costs = new List<double>();
        for (int round = 1; round <= rounds; round++)
        {
            (double Rate, double Processors) one = Measure(1, work, connections);
            (double Rate, double Processors) several = Measure(loops, work, connections);
            ratios.Add(several.Rate / one.Rate);
            costs.Add(several.Rate / several.Processors / (one.Rate / one.Processors));
            Print($"round {round}: 1 loop {one.Rate:F0}/s with {one.Processors:F2} processors, ");
            Print($"{loops} loops {several.Rate:F0}/s with {several.Processors:F2}: x {ratios[^1]:F2}\n");
        }

        double median = new RatioStatistics(ratios, confidence: 0.99).Median;
        Print($"{loops} loops serve {median:F2} x one ({ratios.Min():F2} to {ratios.Max():F2}), ");
        Print($"and {new RatioStatistics(costs, confidence: 0.99).Median:F2} x for the same processor time\n");
        return median;
    }

    private static void Print(FormattableString line) => Console.Write(line.ToString(CultureInfo.InvariantCulture));

    private static (double Rate, double Processors) Measure(int loops, int work, int connections)
    {
        using Process server = StartServer(loops, work);
        try
        {
            string line = server.StandardOutput.ReadLine() ?? "";
            int port = int.Parse(ListeningLine().Match(line).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var load = new EchoLoad(port, connections, MessageSize, UsedBy(server));
            return Aio.Run(() => load.MeasureAsync(s_warmUp, TimeSpan.FromSeconds(2)));
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
        }
    }

    private static Func<TimeSpan> UsedBy(Process process) => () =>
    {
        process.Refresh();
        return process.TotalProcessorTime;
    };

    private static Process StartServer(int loops, int work)
    {
        string[] arguments =
        [
            "echo-server", "--port", "0",
            "--loops", loops.ToString(CultureInfo.InvariantCulture),
            "--work", work.ToString(CultureInfo.InvariantCulture),
        ];

        // This very program: by itself, or as what "dotnet" was given.
        string program = Environment.ProcessPath!;
        string[] prefix = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        return Process.Start(new ProcessStartInfo(program, [.. prefix, .. arguments]) { RedirectStandardOutput = true })!;
    }

    [GeneratedRegex(@"^listening 127\.0\.0\.1:(\d+)")]
    private static partial Regex ListeningLine();
}

using System.CommandLine;
using System.Diagnostics;

namespace Gyre.Bench;

/// <summary><c>start</c>: how long a program takes that runs an empty coroutine, from its start to its end.</summary>
/// <remarks>The programs take turns, so that what else the machine does meets all of them. The smallest time is the
/// one to read: everything else only ever adds to it.</remarks>
internal static class StartCommand
{
    public static Command Create()
    {
        var programs = new Argument<string[]>("programs")
        {
            Description = "Builds of Gyre.Start: a program, or Gyre.Start.dll.",
            Arity = ArgumentArity.OneOrMore,
        };
        var rounds = new Option<int>("--rounds") { Description = "Starts of each.", DefaultValueFactory = _ => 30 };
        var command = new Command("start", "Measures the start of Gyre.Start, and of the same program without Gyre.")
        {
            programs, rounds,
        };
        command.SetAction(parsed => Run(parsed.GetValue(programs)!, parsed.GetValue(rounds)));
        return command;
    }

    private static void Run(string[] programs, int rounds)
    {
        var times = programs.ToDictionary(program => program, _ => (Empty: new List<double>(), Full: new List<double>()));
        for (int round = 0; round < rounds; round++)
        {
            foreach (string program in programs)
            {
                times[program].Empty.Add(Time(program, "empty"));
                times[program].Full.Add(Time(program));
            }
        }

        Console.WriteLine($"{"",-10} {"smallest, ms",20} {"median, ms",20}");
        foreach (string program in programs)
        {
            (List<double> empty, List<double> full) = times[program];
            empty.Sort();
            full.Sort();
            Console.WriteLine(program);
            Console.WriteLine($"{"  empty",-10} {empty[0],20:F1} {empty[rounds / 2],20:F1}");
            Console.WriteLine($"{"  Aio.Run",-10} {full[0],20:F1} {full[rounds / 2],20:F1}");
            Console.WriteLine($"{"  more",-10} {full[0] - empty[0],20:F1} {full[rounds / 2] - empty[rounds / 2],20:F1}");
        }
    }

    /// <returns>Milliseconds.</returns>
    private static double Time(string program, params string[] arguments)
    {
        ProcessStartInfo start = program.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{program}' failed with exit code {process.ExitCode}.");
        }

        return took.TotalMilliseconds;
    }
}

using System.CommandLine;

namespace Gyre.Bench;

/// <summary><c>micro</c>: all cases, in interleaved rounds.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var names = new Option<string[]>("--case")
        {
            Description = "Only these cases.",
            AllowMultipleArgumentsPerToken = true,
        };
        names.AcceptOnlyFromAmong([.. CaseList.All.Select(one => one.Name)]);
        var rounds = new Option<int>("--rounds")
        {
            Description = "Passes of each case, after a warm one.",
            DefaultValueFactory = _ => 5,
        };
        var scale = new Option<double>("--scale")
        {
            Description = "Times the usual number of operations.",
            DefaultValueFactory = _ => 1,
        };
        var json = new Option<bool>("--json") { Description = "One JSON object a case." };
        var command = new Command("micro", "Measures the cost of one operation: time, and bytes allocated.")
        {
            names, rounds, scale, json,
        };
        command.SetAction(parsed =>
        {
            string[] wanted = parsed.GetValue(names) ?? [];
            Case[] cases = [.. CaseList.All.Where(one => wanted.Length == 0 || wanted.Contains(one.Name))];
            IReadOnlyList<MicroResult> results = Measure(cases, parsed.GetValue(rounds), parsed.GetValue(scale));
            MicroReport.Write(Console.Out, results, parsed.GetValue(json));
        });
        return command;
    }

    // Round by round, not case by case: what else the machine does meanwhile then meets all of them.
    private static IReadOnlyList<MicroResult> Measure(Case[] cases, int rounds, double scale)
    {
        var passes = cases.ToDictionary(one => one, _ => new List<Pass>());
        for (int round = 0; round <= rounds; round++)
        {
            foreach (Case one in cases)
            {
                bool isWarmUp = round == 0;
                if (isWarmUp && one.IsCold)
                {
                    continue;
                }

                int count = Math.Max(1000, (int)(one.Count * scale));
                Pass pass = Aio.Run(Run(one, isWarmUp ? Math.Min(count, one.Count / 10) : count));
                if (!isWarmUp)
                {
                    passes[one].Add(pass);
                }
            }
        }

        return [.. cases.Select(one => new MicroResult(one, passes[one]))];
    }

    private static async Coroutine<Pass> Run(Case one, int count)
    {
        Pass pass = await Pass.Measure(one, count);
        Idling.Release();
        return pass;
    }
}

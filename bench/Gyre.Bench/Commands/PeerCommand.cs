using System.CommandLine;
using System.Globalization;

namespace Gyre.Bench;

/// <summary><c>peer</c>: one case, in the way and with the output of the programs that Gyre is compared with.</summary>
internal static class PeerCommand
{
    // The runtime compiles what is hot more than once (instrumented, then optimized), each time only after a pause. With
    // one pass this would time the runtime's first code: the peers' hot code is compiled before they start.
    private const int WarmPasses = 7;

    public static Command Create()
    {
        var test = new Argument<string>("test") { Description = "The case's short name." };
        test.AcceptOnlyFromAmong([.. CaseList.All.Select(one => one.PeerName).OfType<string>()]);
        var count = new Argument<int>("n")
        {
            Description = "Operations of a pass. 0: the usual number.",
            DefaultValueFactory = _ => 0,
        };
        var cold = new Option<bool>("--cold") { Description = "No passes before the one that counts." };
        var command = new Command("peer", "Runs one case once, after passes that warm the code up, and prints what it cost.")
        {
            test, count, cold,
        };
        command.SetAction(parsed =>
        {
            Case one = CaseList.FindPeer(parsed.GetValue(test)!)!;
            int n = parsed.GetValue(count);
            Console.WriteLine(Aio.Run(Measure(one, n > 0 ? n : one.Count, parsed.GetValue(cold))));
        });
        return command;
    }

    private static async Coroutine<string> Measure(Case one, int count, bool isCold)
    {
        bool isMemory = one.PeerName == "m";
        for (int passes = isMemory || isCold ? 0 : WarmPasses; passes > 0; passes--)
        {
            // The last is as long as the one that counts, as with the peers: its memory is there already. Where theirs is
            // not, because the first pass counts, ours is neither: then the passes before it are for the compiler alone.
            await Pass.WarmUp(one, one.IsCold ? Math.Max(count / 100, 1) : passes == 1 ? count : Math.Max(count / 10, 1));
        }

        double before = isMemory ? Collected() : 0;
        Pass pass = await Pass.Measure(one, count);
        string line = pass.Latencies is { } all
            ? Invariant($"n={count} ns={pass.Nanoseconds:F0} p50_us={all[count / 2]:F1} p99_us={all[count * 99 / 100]:F1}")
            : Invariant($"n={count} wall={pass.Wall.TotalSeconds:F4} cpu={pass.Cpu.TotalSeconds:F4} ns={pass.Nanoseconds:F1}");
        line += Invariant($" peak_mb={ProcessMemory.PeakBytes / (1 << 20):F1}");
        if (isMemory)
        {
            line += Invariant($" bytes_per_task={(Collected() - before) / count:F0}");
            Idling.Release();
        }

        return line;
    }

    private static double Collected()
    {
        GC.Collect();
        return ProcessMemory.ResidentBytes;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

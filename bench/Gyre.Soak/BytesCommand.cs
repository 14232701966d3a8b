using System.CommandLine;

namespace Gyre.Soak;

/// <summary><c>bytes</c>: large transfers both ways at once, over each transport, with each size of write.</summary>
internal static class BytesCommand
{
    private static readonly int[] s_writeSizes = [1, 2, 4095, 4096, 65_536, 1_048_576];

    public static Command Create()
    {
        var total = new Option<long>("--total")
        {
            Description = "Bytes each way.",
            CustomParser = ByteSize.Parse,
            DefaultValueFactory = _ => 1L << 30,
        };
        var sizes = new Option<int[]>("--write")
        {
            Description = "Sizes of a write.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => s_writeSizes,
        };
        var transport = new Option<string>("--transport")
        {
            Description = "One transport, or all.",
            DefaultValueFactory = _ => "all",
        };
        transport.AcceptOnlyFromAmong([.. Link.Kinds, "all"]);
        var command = new Command("bytes", "Large transfers both ways, with half-close.") { transport, total, sizes };
        command.SetAction(parsed =>
        {
            string kind = parsed.GetValue(transport)!;
            IEnumerable<string> kinds = kind == "all" ? Link.Kinds : [kind];
            return Verdict.Run(verdict => RunAll(verdict, kinds, parsed.GetValue(sizes)!, parsed.GetValue(total)));
        });
        return command;
    }

    private static async Coroutine RunAll(Verdict verdict, IEnumerable<string> kinds, int[] sizes, long total)
    {
        foreach (string kind in kinds)
        {
            foreach (int size in sizes)
            {
                // Each of the two ends is once the first to close its direction.
                foreach (bool isSlow in (bool[])[false, true])
                {
                    await new Transfer
                    {
                        Kind = kind,
                        WriteSize = size,
                        Total = total,
                        IsSlow = isSlow,
                        ServerClosesFirst = isSlow,
                    }.Run(verdict);
                }
            }
        }
    }
}

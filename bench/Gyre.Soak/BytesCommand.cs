using System.CommandLine;

namespace Gyre.Soak;

/// <summary><c>bytes</c>: large transfers both ways at once, with each size of write.</summary>
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
        var command = new Command("bytes", "Large transfers both ways, with half-close.") { total, sizes };
        command.SetAction(parsed => Verdict.Run(verdict => RunAll(verdict, parsed.GetValue(sizes)!, parsed.GetValue(total))));
        return command;
    }

    private static async Coroutine RunAll(Verdict verdict, int[] sizes, long total)
    {
        foreach (int size in sizes)
        {
            foreach (bool isSlow in (bool[])[false, true])
            {
                foreach (bool serverFirst in (bool[])[false, true])
                {
                    await new Transfer
                    {
                        WriteSize = size,
                        Total = total,
                        IsSlow = isSlow,
                        ServerClosesFirst = serverFirst,
                    }.Run(verdict);
                }
            }
        }
    }
}

namespace Gyre.Tests.Tasks.Cancellation;

/// <summary>Two blocks, one in the other, that both ask for the end of the task's wait: a cell of the second
/// table.</summary>
internal sealed record BlockPair(Source Inner, Source Outer, bool InnerFirst)
{
    public string Row => $"{Inner.Name}, {(InnerFirst ? "then" : "after")}";

    public string Column => Outer.Name;

    public static BlockPair[] All() =>
    [
        .. from inner in Source.AllBlocks()
           from innerFirst in new[] { true, false }
           from outer in Source.All()
           select new BlockPair(inner, outer, innerFirst),
    ];

    /// <summary>How the inner block ended, and then the outer one.</summary>
    public async Coroutine<string> Observe()
    {
        string innerEnd = "";
        var probe = new Probe { Source = Outer };
        string outerEnd = await probe.Run(async probe =>
        {
            Aio.RunningLoop.CallLater(Probe.RequestTime, () => RequestBoth(probe));
            try
            {
                innerEnd = await Inner.Surround(probe, async _ => await Aio.Sleep(TimeSpan.FromDays(1)));
            }
            catch (Exception e)
            {
                innerEnd = Probe.Name(e);
                throw;
            }

            await probe.Watch(Aio.Sleep(1.Seconds()), "next await");
        });
        return probe.Seen.Length > 0 ? $"{innerEnd}, {probe.Seen}; {outerEnd}" : $"{innerEnd}; {outerEnd}";
    }

    private void RequestBoth(Probe probe)
    {
        (InnerFirst ? Inner : Outer).Request(probe, null);
        (InnerFirst ? Outer : Inner).Request(probe, null);
    }
}

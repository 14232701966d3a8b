namespace Gyre.Bench;

/// <summary>Something that is measured on a loop of its own.</summary>
/// <param name="Name">What <c>--case</c> calls it.</param>
/// <param name="PeerName">What <c>peer</c> calls it, the name that the programs it is compared with have for it;
/// null where they have no such case.</param>
/// <param name="Title">What one operation is.</param>
/// <param name="Count">How many operations a pass has, unless the caller says.</param>
/// <param name="Body">A pass of so many operations; null with <see cref="Latencies"/>.</param>
internal sealed record Case(string Name, string? PeerName, string Title, int Count, Func<int, Coroutine>? Body)
{
    /// <summary>Its pass takes a fixed time or leaves things behind, so that it is measured without a pass before.</summary>
    public bool IsCold { get; init; }

    /// <summary>In place of <see cref="Body"/>: a pass that tells how many microseconds each operation took, in
    /// ascending order.</summary>
    public Func<int, Coroutine<double[]>>? Latencies { get; init; }
}

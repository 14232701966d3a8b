using System.Runtime.InteropServices;

namespace Gyre.Polling;

// The polls of watches. Their user data has a tag that no request of a socket has.
// SAFETY: as in UringPoller.Requests.
internal sealed unsafe partial class UringPoller
{
    private readonly List<UringWatch> _unsettledWatches = [];

    public override PollWatch Watch(SafeHandle descriptor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        DescriptorWatch.ThrowIfNotOpen(descriptor);
        return DescriptorWatch.Find(Operations.Descriptors, descriptor) ?? new UringWatch(this, descriptor);
    }

    public override PollWatch? FindWatch(SafeHandle descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return descriptor.IsClosed || descriptor.IsInvalid
            ? null
            : DescriptorWatch.Find(Operations.Descriptors, descriptor);
    }

    /// <summary>Has the next poll bring the kernel into line with what a watch wants.</summary>
    internal void AddUnsettled(UringWatch watch)
    {
        if (!watch.IsUnsettled)
        {
            watch.IsUnsettled = true;
            _unsettledWatches.Add(watch);
        }
    }

    internal void AddWatchPoll(UringWatch watch, int descriptor, uint events) =>
        AddPoll(descriptor, events, flags: 0)->UserData = DataOf(watch);

    internal void AddWatchCancel(UringWatch watch) => AddCancel(DataOf(watch));

    private static ulong DataOf(UringWatch watch) => watch.Key | ((ulong)Tag.Watch << TagShift);

    private void SettleWatches()
    {
        int count = _unsettledWatches.Count;
        for (int i = 0; i < count; i++)
        {
            UringWatch watch = _unsettledWatches[i];
            watch.IsUnsettled = false;
            watch.Settle();
        }

        // Settling starts nothing that completes here, so the list has not grown.
        _unsettledWatches.Clear();
    }

    private void CompleteWatch(in UringCompletion completion, IReadyQueue ready) =>
        UringWatch.Find(Operations.Descriptors, completion.UserData & ~TagMask)?.OnCompleted(completion.Result, ready);
}

using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class EpollPoller
{
    public override PollWatch Watch(SafeHandle descriptor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        DescriptorWatch.ThrowIfNotOpen(descriptor);
        return DescriptorWatch.Find(Operations.Descriptors, descriptor) ?? new EpollWatch(this, descriptor);
    }

    public override PollWatch? FindWatch(SafeHandle descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return descriptor.IsClosed || descriptor.IsInvalid
            ? null
            : DescriptorWatch.Find(Operations.Descriptors, descriptor);
    }
}

using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class EpollPoller
{
    internal PipeTable<EpollPipe> Pipes { get; } = new();

    public override PollPipe AttachPipe(SafeHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        DescriptorPipe.CheckHandle(handle);
        return new EpollPipe(this, handle);
    }
}

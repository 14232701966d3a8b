using System.Runtime.InteropServices;

namespace Gyre.Polling;

internal sealed partial class PortablePoller
{
    private readonly HashSet<PortablePipe> _pipes = [];
    private PipeWaiter? _pipeWaiter;

    /// <summary>The buffer for sinks that bring none.</summary>
    internal ReceiveMemory PipeMemory { get; } = new();

    internal PipeWaiter PipeWaiter => _pipeWaiter ??= new PipeWaiter(Inbox);

    public override PollPipe AttachPipe(SafeHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!EpollPoller.IsAvailable)
        {
            return base.AttachPipe(handle);
        }

        DescriptorPipe.CheckHandle(handle);
        var pipe = new PortablePipe(this, handle);
        _pipes.Add(pipe);
        return pipe;
    }

    internal void Remove(PortablePipe pipe) => _pipes.Remove(pipe);

    private void ClosePipes()
    {
        foreach (PortablePipe pipe in _pipes.ToArray())
        {
            pipe.Close();
        }

        _pipeWaiter?.Dispose();
    }
}

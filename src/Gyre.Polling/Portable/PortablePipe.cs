using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A pipe of the portable backend, on Linux: a thread waits for it, the owner's thread reads and
/// writes.</summary>
internal sealed class PortablePipe : DescriptorPipe
{
    private const short Ends = Libc.PollError | Libc.PollHangUp | Libc.PollReadHangUp;

    private readonly PortablePoller _poller;
    private PipeWait? _input;
    private PipeWait? _room;
    private PipeWait? _end;

    public PortablePipe(PortablePoller poller, SafeHandle handle)
        : base(poller.Operations, poller.PipeMemory, handle) => _poller = poller;

    /// <summary>Takes what a wait has found.</summary>
    public void OnTaken(PipeWait wait, IReadyQueue ready)
    {
        if (IsClosed)
        {
            return;
        }

        bool isEnd = (wait.Result & Ends) != 0;
        if (wait == _input)
        {
            OnInputReady(isEnd, ready);
        }
        else if (wait == _room)
        {
            OnRoom(ready);
        }
        else if (isEnd)
        {
            OnHungUp(ready);
        }
    }

    protected override void AwaitInput() =>
        _poller.PipeWaiter.Add(_input ??= new PipeWait(this, Descriptor, Libc.PollIn | Libc.PollUrgent));

    protected override void AwaitRoom() =>
        _poller.PipeWaiter.Add(_room ??= new PipeWait(this, Descriptor, Libc.PollOut));

    protected override void AwaitHangUp() =>
        _poller.PipeWaiter.Add(_end ??= new PipeWait(this, Descriptor, Libc.PollReadHangUp));

    protected override void Detach()
    {
        Remove(_input);
        Remove(_room);
        Remove(_end);
        _poller.Remove(this);
    }

    private void Remove(PipeWait? wait)
    {
        if (wait is not null)
        {
            _poller.PipeWaiter.Remove(wait);
        }
    }
}

using System.Runtime.InteropServices;

namespace Gyre.Polling;

// The polls of pipes.
// SAFETY: as in UringPoller.Requests.
internal sealed unsafe partial class UringPoller
{
    private readonly List<UringPipe> _unsettledPipes = [];

    internal PipeTable<UringPipe> Pipes { get; } = new();

    public override PollPipe AttachPipe(SafeHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        DescriptorPipe.CheckHandle(handle);
        return new UringPipe(this, handle);
    }

    /// <summary>Has the next poll bring the kernel into line with what a pipe wants.</summary>
    internal void AddUnsettled(UringPipe pipe)
    {
        if (!pipe.IsUnsettled)
        {
            pipe.IsUnsettled = true;
            _unsettledPipes.Add(pipe);
        }
    }

    /// <summary>Has the kernel tell of each edge of input, and of the ends, until it is cancelled.</summary>
    internal void AddPipePoll(UringPipe pipe, int descriptor, uint events) =>
        AddPoll(descriptor, events, UringFlags.PollMultishot)->UserData = DataOf(pipe, Tag.Input);

    /// <summary>Has the kernel tell, once, that there is room for output.</summary>
    internal void AddPipeRoomPoll(UringPipe pipe, int descriptor) =>
        AddPoll(descriptor, Libc.EpollOut, flags: 0)->UserData = DataOf(pipe, Tag.Output);

    internal void AddPipeCancel(UringPipe pipe, bool isRoom) =>
        AddCancel(DataOf(pipe, isRoom ? Tag.Output : Tag.Input));

    private static ulong DataOf(UringPipe pipe, Tag tag) => pipe.Key | ((ulong)tag << TagShift);

    private void SettlePipes()
    {
        // Settling starts nothing that completes here, so the list does not grow meanwhile.
        foreach (UringPipe pipe in _unsettledPipes)
        {
            pipe.IsUnsettled = false;
            pipe.Settle();
        }

        _unsettledPipes.Clear();
    }

    private void CompletePipe(in UringCompletion completion, IReadyQueue ready)
    {
        ulong data = completion.UserData;
        if (Pipes.Find(data & ~TagMask) is not { } pipe)
        {
            return;
        }

        if ((Tag)((data & TagMask) >> TagShift) == Tag.Input)
        {
            pipe.OnInput(completion, ready);
        }
        else
        {
            pipe.OnRoomCompleted(completion.Result, ready);
        }
    }
}

namespace Gyre.Polling;

internal sealed partial class UringPoller
{
    /// <summary>Submits what was written, has the kernel do its work for the ring, and takes note of what came of
    /// it. What became ready waits for the next poll.</summary>
    internal void Flush()
    {
        Buffers.Publish();
        int tries = 0;
        do
        {
            if (++tries > EnterTriesMax)
            {
                throw Errno.ToException(Errno.NoMemory);
            }

            Enter(timeoutNanoseconds: 0);
            Complete(Operations);
        }
        while (_ring.HasUnsubmitted || _ring.HasOverflow);
        ClearStage();
    }

    /// <summary>Whether the calling thread may submit anything now.</summary>
    internal bool CanFlush => !_disposed && _owner == Thread.CurrentThread;

    /// <summary>Tells the sockets of the completions that exist now.</summary>
    private void Complete(IReadyQueue ready)
    {
        uint end = _ring.CompletionsEnd();
        while (_ring.TryTake(end, out UringCompletion completion))
        {
            Complete(completion, ready);
        }
    }

    private void Complete(in UringCompletion completion, IReadyQueue ready)
    {
        ulong data = completion.UserData;
        var tag = (Tag)((data & TagMask) >> TagShift);
        UringSocket? socket = tag == Tag.Watch ? null : Sockets.Find(data & ~TagMask);
        if (socket is null)
        {
            if (data == WakeupKey && !completion.HasMore)
            {
                _wakeupIsPolled = false;
            }
            else if (tag == Tag.Watch)
            {
                CompleteWatch(completion, ready);
            }
            else
            {
                CompletePipe(completion, ready);
            }

            return;
        }

        switch (tag)
        {
            case Tag.Input:
                socket.OnInput(completion, ready);
                break;
            case Tag.Output:
                socket.OnOutput(completion.Result, ready);
                break;
            case Tag.Staged:
                socket.OnStagedShort(completion.Result);
                break;
        }
    }
}

using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A pipe on epoll, registered with edges, as connections are.</summary>
internal sealed class EpollPipe : DescriptorPipe
{
    private const uint Ends = Libc.EpollReadHangUp | Libc.EpollHangUp | Libc.EpollError;

    // The end and errors are told whatever is asked for, but for the end of a socket.
    private const uint BaseInterest = Libc.EpollReadHangUp | Libc.EpollEdge;

    private readonly EpollPoller _poller;

    // What the kernel is asked to report; 0 while the pipe is not registered.
    private uint _interest;

    // What is registered: the descriptor, or a duplicate when it is registered already. Epoll takes each once, but a
    // terminal or a socket may well be read by one pipe and written to by another.
    private int _registered;

    // The system cannot wait for it, as for /dev/null: it never has to.
    private bool _isAlwaysReady;

    public EpollPipe(EpollPoller poller, SafeHandle handle)
        : base(poller.Operations, poller.ReceiveMemory, handle)
    {
        _poller = poller;
        _registered = Descriptor;
        Key = poller.Pipes.Add(this);
    }

    /// <summary>What the kernel calls this pipe.</summary>
    public ulong Key { get; }

    public void OnEvents(uint events, IReadyQueue ready)
    {
        bool isEnd = (events & Ends) != 0;
        if (isEnd || (events & (Libc.EpollIn | Libc.EpollUrgent)) != 0)
        {
            OnInputReady(isEnd, ready);
        }

        if (isEnd || (events & Libc.EpollOut) != 0)
        {
            bool wasWanted = WantsRoom;
            OnRoom(ready);
            if (!isEnd && !wasWanted)
            {
                // Fact 3 of EpollPoller: nobody wants to know.
                _ = Register(_interest & ~Libc.EpollOut);
            }
        }

        if (isEnd)
        {
            OnHungUp(ready);
        }
    }

    protected override void AwaitInput()
    {
        if (!Await(Libc.EpollIn | Libc.EpollUrgent))
        {
            SetInputReady();
        }
    }

    protected override void AwaitRoom()
    {
        if (!Await(Libc.EpollOut))
        {
            SetRoom();
        }
    }

    protected override void AwaitHangUp() => Await(0);

    protected override void Detach()
    {
        if (_interest != 0)
        {
            // Fact 4 of EpollPoller: others may have duplicates, and where the handle does not own the descriptor that
            // stays open itself.
            _ = _poller.Control(Libc.EpollCtlDelete, _registered, 0, Key);
            _interest = 0;
        }

        if (_registered != Descriptor)
        {
            _ = Libc.CloseDescriptor(_registered);
        }

        _poller.Pipes.Remove(Key);
    }

    /// <summary>Sees to it that the kernel reports these events. Costs a system call only when it does not yet.</summary>
    /// <returns>False when it cannot wait for them, because they are always there.</returns>
    private bool Await(uint events)
    {
        uint interest = _interest | events | BaseInterest;
        if (_isAlwaysReady || interest == _interest)
        {
            return !_isAlwaysReady;
        }

        int result = Register(interest);
        if (result == -Errno.NotPermitted)
        {
            _isAlwaysReady = true;
            return false;
        }

        if (result == -Errno.Exists)
        {
            _registered = Check(Libc.Duplicate(Descriptor));
            result = Register(interest);
        }

        Check(result);
        return true;
    }

    private int Register(uint interest)
    {
        int operation = _interest == 0 ? Libc.EpollCtlAdd : Libc.EpollCtlModify;
        int result = _poller.Control(operation, _registered, interest, Key);
        if (result >= 0)
        {
            _interest = interest;
        }

        return result;
    }
}

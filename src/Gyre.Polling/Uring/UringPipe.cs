using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A pipe on io_uring: polls tell of readiness, and system calls read and write.</summary>
/// <remarks>
/// <para>The ring could read and write itself; but what nobody reads must stay in the pipe for the next start, or for
/// another process, and a read that the ring has begun cannot be taken back.</para>
/// <para>One poll tells of input, or of the readers' end, again and again; another of room, once. Each is
/// <code>
///   None ──Settle, wanted──▶ under way ──its last completion──▶ None
/// </code>
/// A closed pipe stays in the poller's table until both are over.</para>
/// </remarks>
internal sealed class UringPipe : DescriptorPipe
{
    private const uint Ends = Libc.EpollReadHangUp | Libc.EpollHangUp | Libc.EpollError;

    private readonly UringPoller _poller;

    private uint _inputWanted;
    private uint _inputRequest;
    private bool _inputCancelled;
    private bool _roomRequested;
    private bool _isAlwaysReady;

    public UringPipe(UringPoller poller, SafeHandle handle)
        : base(poller.Operations, poller.ReceiveMemory, handle)
    {
        _poller = poller;
        Key = poller.Pipes.Add(this);
    }

    /// <summary>What the kernel calls this pipe, with a tag.</summary>
    public ulong Key { get; }

    /// <summary>Whether it stands in the poller's list of pipes to settle.</summary>
    public bool IsUnsettled { get; set; }

    /// <summary>Brings the kernel into line with what is wanted.</summary>
    public void Settle()
    {
        if (IsClosed)
        {
            return;
        }

        if (_inputWanted != 0 && !_isAlwaysReady)
        {
            if (_inputRequest == 0)
            {
                _inputRequest = _inputWanted;
                _inputCancelled = false;
                _poller.AddPipePoll(this, Descriptor, _inputWanted);
            }
            else if (_inputRequest != _inputWanted && !_inputCancelled)
            {
                _inputCancelled = true;
                _poller.AddPipeCancel(this, isRoom: false);
            }
        }

        if (WantsRoom && !_roomRequested)
        {
            _roomRequested = true;
            _poller.AddPipeRoomPoll(this, Descriptor);
        }
    }

    /// <summary>A completion of the poll for input and ends.</summary>
    public void OnInput(in UringCompletion completion, IReadyQueue ready)
    {
        int result = completion.Result;
        if (!completion.HasMore)
        {
            _inputRequest = 0;
            if (!IsClosed)
            {
                _poller.AddUnsettled(this);
            }
        }

        if (!IsClosed && result != -Errno.Cancelled)
        {
            // What the kernel cannot poll is always ready, as /dev/null is. It has no end that could be watched.
            _isAlwaysReady |= result < 0;
            bool isEnd = result < 0 || ((uint)result & Ends) != 0;
            OnInputReady(isEnd, ready);
            if (isEnd && result >= 0)
            {
                OnRoom(ready);
                OnHungUp(ready);
            }
        }

        RemoveIfOver();
    }

    /// <summary>The completion of the poll for room.</summary>
    public void OnRoomCompleted(int result, IReadyQueue ready)
    {
        _roomRequested = false;
        if (!IsClosed && result != -Errno.Cancelled)
        {
            OnRoom(ready);
        }

        RemoveIfOver();
    }

    protected override void AwaitInput()
    {
        if (_isAlwaysReady)
        {
            SetInputReady();
            return;
        }

        Want(Libc.EpollIn | Libc.EpollUrgent);
    }

    protected override void AwaitRoom() => _poller.AddUnsettled(this);

    protected override void AwaitHangUp() => Want(0);

    protected override void Detach()
    {
        if (_poller.CanFlush && (_inputRequest != 0 || _roomRequested))
        {
            // A request holds the open file: the other end would not hear of the close.
            if (_inputRequest != 0)
            {
                _poller.AddPipeCancel(this, isRoom: false);
            }

            if (_roomRequested)
            {
                _poller.AddPipeCancel(this, isRoom: true);
            }

            _poller.Flush();
        }

        if (_inputRequest == 0 && !_roomRequested)
        {
            _poller.Pipes.Remove(Key);
        }
    }

    private void Want(uint events)
    {
        uint wanted = _inputWanted | events | Libc.EpollReadHangUp;
        if (wanted != _inputWanted || _inputRequest == 0)
        {
            _inputWanted = wanted;
            _poller.AddUnsettled(this);
        }
    }

    private void RemoveIfOver()
    {
        if (IsClosed && _inputRequest == 0 && !_roomRequested)
        {
            _poller.Pipes.Remove(Key);
        }
    }
}

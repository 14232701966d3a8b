using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A watch on io_uring: at the most one poll for both directions, which tells once.</summary>
/// <remarks>
/// <code>
///   None ──Settle, wanted──▶ under way ──its completion──▶ None
///                              │
///                              └── Settle, something else is wanted: cancelled, and asked for anew when it is over
/// </code>
/// The kernel looks at the descriptor when the poll is submitted, so that is level-triggered by itself. A poll holds the
/// open file: none is left under way when nobody waits, or a connection would not end with its close.
/// </remarks>
internal sealed class UringWatch : DescriptorWatch
{
    private const uint OutputEvents = Libc.EpollOut | Libc.EpollHangUp | Libc.EpollError;

    private readonly UringPoller _poller;

    // The events of the poll under way; 0 when there is none.
    private uint _request;
    private bool _isCancelled;

    public UringWatch(UringPoller poller, SafeHandle handle)
        : base(poller.Operations, handle) => _poller = poller;

    /// <summary>What the kernel calls the poll of this watch, but for the tag.</summary>
    public ulong Key => ((ulong)Generation << 32) | (uint)Descriptor;

    /// <summary>The watch with a key, if it is still there.</summary>
    public static UringWatch? Find(DescriptorTable table, ulong key) =>
        table.Find((int)(uint)key) is UringWatch watch && watch.Key == key ? watch : null;

    /// <summary>Whether it stands in the poller's list of watches to settle.</summary>
    public bool IsUnsettled { get; set; }

    private uint Wanted =>
        (Input.Sink is null ? 0 : Libc.EpollIn) | (Output.Sink is null ? 0 : Libc.EpollOut);

    /// <summary>Brings the kernel into line with what is wanted.</summary>
    public void Settle()
    {
        uint wanted = Wanted;
        if (_request == 0)
        {
            if (wanted != 0 && !IsOpen)
            {
                // The number is nobody's by now, or somebody else's, whose events are none of ours.
                Forget();
            }
            else if (wanted != 0)
            {
                _request = wanted;
                _isCancelled = false;
                _poller.AddWatchPoll(this, Descriptor, wanted);
            }
        }
        else if (!_isCancelled && (wanted == 0 || (wanted & ~_request) != 0))
        {
            _isCancelled = true;
            _poller.AddWatchCancel(this);
        }
    }

    /// <summary>The completion of the poll.</summary>
    public void OnCompleted(int result, IReadyQueue ready)
    {
        _request = 0;
        if (IsArmed)
        {
            _poller.AddUnsettled(this);
        }

        if (result == -Errno.Cancelled)
        {
            return;
        }

        // What the kernel cannot poll is ready: the next read or write says what is wrong.
        uint events = result < 0 ? Libc.EpollError : (uint)result;
        if ((events & ~Libc.EpollOut) != 0)
        {
            MayHaveInput = true;
            Input.OnReady(ready);
        }

        if ((events & OutputEvents) != 0)
        {
            Output.OnReady(ready);
        }
    }

    public override void Forget()
    {
        base.Forget();
        Cancel();
    }

    protected override void UpdateInterest()
    {
        if (IsArmed)
        {
            _poller.AddUnsettled(this);
        }
        else
        {
            Cancel();
        }
    }

    protected override void OnAlias()
    {
        MayHaveInput = true;
        Cancel();
    }

    protected override void Detach()
    {
        _poller.Operations.Descriptors.Release(Descriptor, this);
        Forget();
    }

    /// <summary>Ends the poll under way, at once.</summary>
    private void Cancel()
    {
        if (_request != 0 && _poller.CanFlush)
        {
            if (!_isCancelled)
            {
                _isCancelled = true;
                _poller.AddWatchCancel(this);
            }

            _poller.Flush();
        }
    }
}

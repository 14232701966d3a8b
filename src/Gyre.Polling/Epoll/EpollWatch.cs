using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>A watch on epoll.</summary>
/// <remarks>
/// <para>A registration has one mode for both directions. While each poll is to tell of one of them it is
/// level-triggered, and asks for no more than is wanted, or the loop would turn for nothing. Otherwise it has edges and
/// stays after the first wait: a wait that comes again costs no system call. <c>MayHaveInput</c> keeps an edge that came
/// while nobody waited.</para>
/// <para>The kernel looks at the descriptor when a registration is made or changed, and tells at once what is
/// ready.</para>
/// </remarks>
internal sealed class EpollWatch : DescriptorWatch
{
    private const uint InputEdges = Libc.EpollIn | Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollEdge;
    private const uint SpecialEvents =
        Libc.EpollUrgent | Libc.EpollReadHangUp | Libc.EpollHangUp | Libc.EpollError;

    private const uint OutputEvents = Libc.EpollOut | Libc.EpollHangUp | Libc.EpollError;

    private readonly EpollPoller _poller;

    // What the kernel is asked to report; 0 while the descriptor is not registered.
    private uint _interest;
    private bool _keepsEdges;

    public EpollWatch(EpollPoller poller, SafeHandle handle)
        : base(poller.Operations, handle)
    {
        _poller = poller;
        Key = ((ulong)Generation << 32) | KeyMark | (uint)Descriptor;
    }

    /// <summary>In keys of watches. No slot of the table of sockets is as high.</summary>
    public static ulong KeyMark => 1ul << 31;

    /// <summary>What the kernel calls this watch.</summary>
    public ulong Key { get; }

    /// <summary>The watch with a key that no socket has, if it is still there.</summary>
    public static EpollWatch? Find(DescriptorTable table, ulong key) =>
        table.Find((int)((uint)key & ~(uint)KeyMark)) is EpollWatch watch && watch.Key == key ? watch : null;

    public void OnEvents(uint events, IReadyQueue ready)
    {
        if ((events & (Libc.EpollIn | SpecialEvents)) != 0)
        {
            MayHaveInput = true;
            IsInputSpecial |= (events & SpecialEvents) != 0;
            Input.OnReady(ready);
        }

        if ((events & OutputEvents) != 0)
        {
            Output.OnReady(ready);
            if (events == Libc.EpollOut && Output.Sink is null)
            {
                // Fact 3 of EpollPoller: nobody wants to know.
                Register(Wanted);
            }
        }
    }

    public override void Forget()
    {
        _interest = 0;
        base.Forget();
    }

    protected override void UpdateInterest()
    {
        uint wanted = Wanted;

        // Edges may stay asked for that nobody waits for now.
        bool isAsked = (_interest & wanted & Libc.EpollEdge) != 0 ? (wanted & ~_interest) == 0 : wanted == _interest;
        if (!isAsked)
        {
            int result = Register(wanted);
            if (result < 0)
            {
                throw result == -Errno.NotPermitted ? NotWatchable(Descriptor) : Errno.ToException(-result);
            }
        }
    }

    protected override void OnStarting(bool once) => _keepsEdges |= once;

    protected override void OnAlias()
    {
        // If it is another file, the kernel knows nothing of it yet.
        MayHaveInput = true;
        uint interest = _interest;
        _interest = 0;
        if (interest != 0)
        {
            Register(interest);
        }
    }

    protected override void Detach()
    {
        Register(0);
        _poller.Operations.Descriptors.Release(Descriptor, this);
        Forget();
    }

    private uint Wanted
    {
        get
        {
            uint output = Output.Sink is null ? 0 : Libc.EpollOut;
            if (Input.IsLevel || Output.IsLevel)
            {
                return output | (Input.Sink is null ? 0 : Libc.EpollIn);
            }

            return _keepsEdges ? output | InputEdges : 0;
        }
    }

    /// <returns>0, or minus an <see cref="Errno"/>.</returns>
    private int Register(uint interest)
    {
        if (_poller.IsDisposed)
        {
            // Its descriptor may be another file's by now.
            return 0;
        }

        int result = interest == 0
            ? _poller.Control(Libc.EpollCtlDelete, Descriptor, 0, Key)
            : _poller.Control(_interest == 0 ? Libc.EpollCtlAdd : Libc.EpollCtlModify, Descriptor, interest, Key);

        // The descriptor may have become another file's since, or have been one's that is known here already. One that was
        // closed is not asked for: the file that has its number now is none of ours.
        if (interest != 0 && (result == -Errno.Exists || (result == -Errno.NoEntry && IsOpen)))
        {
            result = _poller.Control(
                result == -Errno.Exists ? Libc.EpollCtlModify : Libc.EpollCtlAdd, Descriptor, interest, Key);
        }

        if (interest == 0)
        {
            // Fails only when the descriptor is closed, and its registration gone.
            _interest = 0;
            return 0;
        }

        if (result >= 0)
        {
            _interest = interest;
        }

        return result;
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>What the pipes of all backends have in common: reading and writing on readiness. The backends tell of
/// that.</summary>
/// <remarks>
/// Each direction, and the watch of the reader, goes through these states:
/// <code>
///   Idle ──start──▶ Armed ──ready──▶ Queued ──Execute──▶ Armed, or Idle when it ended
///    ▲                │                │
///    └──────stop──────┴──────stop──────┘   (Execute then finds no sink, and does nothing)
/// </code>
/// Readiness is remembered apart from the wish for it, as on epoll: <c>_isInputReady</c> until a read proves that nothing
/// is left, <c>_isOutputFull</c> from a write that found no room until the backend tells of room.
/// </remarks>
[DebuggerDisplay("{GetType().Name} {Descriptor}: reads {_readSink}, writes {_writeSink}")]
internal abstract partial class DescriptorPipe : PollPipe
{
    private readonly KernelFileStatus _status;
    private readonly int _flags;
    private readonly bool _restoresMode;

    private IHangUpSink? _hangUpSink;
    private bool _isHungUp;
    private HangUpOperation? _hangUp;

    protected DescriptorPipe(OperationLedger operations, ReceiveMemory memory, SafeHandle handle)
    {
        ThrowIfAttached(operations.Descriptors, handle);
        DescriptorWatch.MakeWay(operations.Descriptors, handle);

        // Nobody else closes the descriptor, and has its number given to another file, while it is used here.
        bool isHeld = false;
        handle.DangerousAddRef(ref isHeld);
        try
        {
            Descriptor = (int)handle.DangerousGetHandle();
            Check(Libc.DescriptorStatus(Descriptor, out _status));
            if (_status.Kind is not (KernelFileStatus.KindPipe or KernelFileStatus.KindSocket
                or KernelFileStatus.KindCharacterDevice))
            {
                throw new ArgumentException(
                    "Only pipes, sockets and character devices (as terminals) can be used as a pipe, and this is a file or "
                    + "a folder: it is always ready, and reading it blocks. Read and write files with RandomAccess or "
                    + "FileStream, in a thread if that may take long.",
                    nameof(handle));
            }

            _flags = Check(Libc.GetFlags(Descriptor));
            _shortReadEmpties = _status.Kind == KernelFileStatus.KindPipe && (_flags & Libc.FlagPackets) == 0;
            _restoresMode = DescriptorMode.Take(Descriptor, _status, _flags);
        }
        catch
        {
            handle.DangerousRelease();
            throw;
        }

        operations.Descriptors.Claim(Descriptor, this);
        Operations = operations;
        _memory = memory;
        Handle = handle;
        _input = new InputOperation(this);
    }

    public sealed override SafeHandle Handle { get; }

    public sealed override bool IsClosed => Descriptor < 0;

    public sealed override bool CanHangUp => _status.Kind != KernelFileStatus.KindCharacterDevice;

    /// <summary>Negative once the pipe is closed.</summary>
    protected int Descriptor { get; private set; }

    protected OperationLedger Operations { get; }

    /// <summary>Whether somebody waits to hear that the readers have gone.</summary>
    protected bool WantsHangUp => _hangUpSink is not null && !_isHungUp;

    /// <summary>Throws unless a handle can be attached here.</summary>
    public static void CheckHandle(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ObjectDisposedException.ThrowIf(handle.IsClosed, handle);
        if (handle.IsInvalid)
        {
            throw new ArgumentException("The handle holds no descriptor.", nameof(handle));
        }
    }

    public sealed override void WatchHangUp(IHangUpSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ThrowIfClosed();
        if (_hangUpSink is not null)
        {
            throw new InvalidOperationException("The pipe's reader is watched already.");
        }

        if (!CanHangUp)
        {
            return;
        }

        if (!_isHungUp)
        {
            AwaitHangUp();
        }

        _hangUpSink = sink;
        Operations.OnArmed();
        if (_isHungUp)
        {
            Operations.ExecuteAgain(HangUp);
        }
    }

    public sealed override void Close()
    {
        if (IsClosed)
        {
            return;
        }

        StopReading();
        EndOutput();
        StopWatching();
        Detach();
        if (_restoresMode)
        {
            DescriptorMode.Release(Descriptor, _status, _flags);
        }

        Operations.Descriptors.Release(Descriptor, this);
        Descriptor = -1;
        Handle.DangerousRelease();
        CloseHandle(Handle);
    }

    /// <summary>The pipe of a poller that nobody disposed. For the finaliser: the handle has one of its own, and waits
    /// for this.</summary>
    public void CloseForgotten()
    {
        if (!IsClosed)
        {
            Descriptor = -1;
            Handle.DangerousRelease();
        }
    }

    /// <summary>Sees to it that <see cref="OnInputReady"/> is called when there is something to read.</summary>
    protected abstract void AwaitInput();

    /// <summary>Sees to it that <see cref="OnRoom"/> is called when there is room.</summary>
    protected abstract void AwaitRoom();

    /// <summary>Sees to it that <see cref="OnHungUp"/> is called when the readers have gone.</summary>
    protected abstract void AwaitHangUp();

    /// <summary>Has the system forget the descriptor, which is closed next.</summary>
    protected abstract void Detach();

    /// <summary>The readers have gone.</summary>
    protected void OnHungUp(IReadyQueue ready)
    {
        if (!_isHungUp)
        {
            _isHungUp = true;
            if (_hangUpSink is not null)
            {
                HangUp.EnqueueOnce(ready);
            }
        }
    }

    protected static int Check(int result) => result >= 0 ? result : throw Errno.ToException(-result);

    protected void ThrowIfClosed() => ObjectDisposedException.ThrowIf(IsClosed, this);

    /// <summary>Two pipes may share a descriptor, one for each direction. A socket of the poller shares it with
    /// nobody.</summary>
    private static void ThrowIfAttached(DescriptorTable table, SafeHandle handle)
    {
        int descriptor = (int)handle.DangerousGetHandle();
        if (table.Find(descriptor) is DescriptorSocket)
        {
            throw new InvalidOperationException(
                $"The descriptor {descriptor} is used by a transport. Close that first, or use it instead.");
        }
    }

    private static void CloseHandle(SafeHandle handle)
    {
        if (handle is SafeSocketHandle { IsClosed: false } socket)
        {
            // By itself such a handle closes with a reset.
            try
            {
                new Socket(socket).Dispose();
                return;
            }
            catch (SocketException)
            {
                // Of a kind that the BCL does not know, which cannot be reset either.
            }
        }

        handle.Dispose();
    }

    private HangUpOperation HangUp => _hangUp ??= new HangUpOperation(this);

    private void StopWatching()
    {
        if (_hangUpSink is not null)
        {
            _hangUpSink = null;
            Operations.OnDisarmed();
        }
    }

    private sealed class HangUpOperation(DescriptorPipe pipe) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (pipe._hangUpSink is { } sink)
            {
                pipe.StopWatching();
                sink.OnHungUp();
            }
        }
    }
}

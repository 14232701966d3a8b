using System.Diagnostics;

namespace Gyre.Polling;

// A request's user data is the key of its socket, with what it is in the two topmost bits of the slot.
// SAFETY: entries are the ring's, and valid until the next request is added; what they point to is pinned, as
// its owner says.
internal sealed unsafe partial class UringPoller
{
    private const int TagShift = 30;
    private const ulong TagMask = 3ul << TagShift;

    // Requests whose only completion is a failure that says nothing new.
    private const ulong IgnoredData = WakeupKey - 1;

    /// <summary>What a completion is of.</summary>
    private enum Tag : ulong
    {
        Input,
        Output,
        Staged,
        Watch,
    }

    /// <summary>Has the kernel receive into provided buffers until it is cancelled.</summary>
    internal void AddReceive(UringSocket socket, int descriptor)
    {
        UringSubmission* entry = AddSubmission();
        entry->Opcode = UringOpcode.Receive;
        entry->Descriptor = descriptor;
        entry->OpcodeFlags = UringFlags.ReceiveMultishot;
        entry->Flags = UringFlags.SelectBuffer;
        entry->BufferGroup = UringBuffers.Group;
        entry->UserData = DataOf(socket, Tag.Input);
    }

    /// <summary>Has the kernel accept connections until it is cancelled.</summary>
    internal void AddAccept(UringSocket socket, int descriptor)
    {
        UringSubmission* entry = AddSubmission();
        entry->Opcode = UringOpcode.Accept;
        entry->Descriptor = descriptor;
        entry->OpcodeFlags = UringFlags.AcceptMultishot;
        entry->CallFlags = Libc.SocketNonBlocking | Libc.SocketCloseOnExec;
        entry->UserData = DataOf(socket, Tag.Input);
    }

    /// <summary>Has the kernel tell of each edge of input until it is cancelled. Not of urgent data: see
    /// <see cref="AddUnchecked"/>.</summary>
    internal void AddInputPoll(UringSocket socket, int descriptor)
    {
        UringSubmission* entry = AddPoll(
            descriptor, Libc.EpollIn | Libc.EpollReadHangUp, UringFlags.PollMultishot);
        entry->UserData = DataOf(socket, Tag.Input);
    }

    /// <summary>Has the kernel tell, once, that there is room for output, or that a connection stands.</summary>
    internal void AddOutputPoll(UringSocket socket, int descriptor) =>
        AddPoll(descriptor, Libc.EpollOut, flags: 0)->UserData = DataOf(socket, Tag.Output);

    /// <summary>Has the kernel send, waiting for room as long as it takes.</summary>
    /// <param name="socket">Hears of it.</param>
    /// <param name="descriptor">The socket's descriptor.</param>
    /// <param name="data">Pinned, and kept alive, until then.</param>
    /// <param name="length">The bytes' number.</param>
    /// <param name="all">Whether it waits until all have gone out, or any.</param>
    internal void AddSend(UringSocket socket, int descriptor, byte* data, int length, bool all)
    {
        UringSubmission* entry = AddSubmission();
        FillSend(entry, descriptor, data, length);
        entry->CallFlags = (uint)(Libc.MessageNoSignal | (all ? Libc.MessageWaitAll : 0));
        entry->UserData = DataOf(socket, Tag.Output);
    }

    /// <summary>Cancels the socket's input.</summary>
    internal void AddInputCancel(UringSocket socket) => AddCancel(DataOf(socket, Tag.Input));

    /// <summary>Cancels the socket's output.</summary>
    internal void AddOutputCancel(UringSocket socket) => AddCancel(DataOf(socket, Tag.Output));

    private static void FillSend(UringSubmission* entry, int descriptor, byte* data, int length)
    {
        entry->Opcode = UringOpcode.Send;
        entry->Descriptor = descriptor;
        entry->Address = (ulong)data;
        entry->Length = (uint)length;
    }

    private static ulong DataOf(UringSocket socket, Tag tag)
    {
        Debug.Assert((socket.Key & TagMask) == 0, "There are fewer sockets than the bits below the tag count.");
        return socket.Key | ((ulong)tag << TagShift);
    }

    private void PollWakeup()
    {
        // With edges: the eventfd is never read.
        AddPoll(_wakeup.Descriptor, Libc.EpollIn | Libc.EpollEdge, UringFlags.PollMultishot)->UserData = WakeupKey;
        _wakeupIsPolled = true;
    }

    private UringSubmission* AddPoll(int descriptor, uint events, uint flags)
    {
        UringSubmission* entry = AddSubmission();
        entry->Opcode = UringOpcode.PollAdd;
        entry->Descriptor = descriptor;
        entry->CallFlags = events;
        entry->Length = flags;
        return entry;
    }

    private void AddCancel(ulong data)
    {
        // Fails when the request has completed meanwhile, and then there is nothing left to cancel.
        UringSubmission* entry = AddSubmission();
        entry->Opcode = UringOpcode.AsyncCancel;
        entry->Descriptor = -1;
        entry->Address = data;
        entry->Flags = UringFlags.SkipSuccess;
        entry->UserData = IgnoredData;
    }

    private void AddCancelOfAll()
    {
        UringSubmission* entry = AddSubmission();
        entry->Opcode = UringOpcode.AsyncCancel;
        entry->Descriptor = -1;
        entry->CallFlags = UringFlags.CancelAll | UringFlags.CancelAny;
        entry->UserData = IgnoredData;
    }

    private UringSubmission* AddSubmission()
    {
        UringSubmission* entry = _ring.TryAdd();
        if (entry is null)
        {
            // What is staged is on its way now, and can no longer be added to.
            _lastStagedSocket = null;
            _ring.Submit();
            entry = _ring.TryAdd();
        }

        return entry;
    }
}

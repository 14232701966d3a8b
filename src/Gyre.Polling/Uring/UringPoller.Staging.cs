using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

// The stage: small output of this round, which the next call submits. See fact 6 of UringPoller.
//
// Invariant: a socket's bytes are in one piece on the stage, of which one request knows. Two requests could be
// overtaken: the first finds the socket full, and room comes before the second.
// Invariant: the stage is cleared only when the kernel has taken every request, and the sockets have heard of
// those that fell short.
// SAFETY: the stage is on the pinned heap and kept alive by the poller.
internal sealed unsafe partial class UringPoller
{
    /// <summary>The largest output that is copied. For more, a system call costs less than the copy.</summary>
    internal const int StagedLengthMax = 8 * 1024;

    private const int StageSize = 256 * 1024;

    private byte[]? _stage;
    private int _stageEnd;
    private uint _round = 1;

    // The last request that sends from the stage.
    private UringSubmission* _lastStaged;
    private UringSocket? _lastStagedSocket;

    /// <summary>Whether the calling thread may stage output.</summary>
    internal bool CanStage => CanFlush;

    /// <summary>Counts the rounds: the times that the stage was cleared.</summary>
    internal uint Round => _round;

    /// <summary>Puts output of a socket that has none there on the stage.</summary>
    /// <returns>Where it is.</returns>
    internal int Stage(UringSocket socket, int descriptor, ReadOnlySpan<byte> data)
    {
        if (_stageEnd + data.Length > StageSize)
        {
            Flush();
        }

        _stage ??= GC.AllocateUninitializedArray<byte>(StageSize, pinned: true);
        UringSubmission* entry = _ring.TryAdd();
        if (entry is null)
        {
            Flush();
            entry = _ring.TryAdd();
        }

        int start = _stageEnd;
        data.CopyTo(_stage.AsSpan(start));
        _stageEnd = start + data.Length;
        byte* pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_stage)) + start;
        FillSend(entry, descriptor, pointer, data.Length);
        entry->CallFlags = Libc.MessageNoSignal | Libc.MessageWaitAll | Libc.MessageDontWait;
        entry->Flags = UringFlags.SkipSuccess;
        entry->UserData = DataOf(socket, Tag.Staged);
        _lastStaged = entry;
        _lastStagedSocket = socket;
        return start;
    }

    /// <summary>Adds to the output of a socket that is last on the stage.</summary>
    /// <returns>False when it is not the last, or would become too long.</returns>
    internal bool TryExtendStage(UringSocket socket, ReadOnlySpan<byte> data)
    {
        if (_lastStagedSocket != socket
            || _lastStaged->Length + data.Length > StagedLengthMax
            || _stageEnd + data.Length > StageSize)
        {
            return false;
        }

        data.CopyTo(_stage.AsSpan(_stageEnd));
        _stageEnd += data.Length;
        _lastStaged->Length += (uint)data.Length;
        return true;
    }

    /// <summary>What is on the stage.</summary>
    internal ReadOnlySpan<byte> OnStage(int start, int length) => _stage.AsSpan(start, length);

    /// <summary>The kernel has taken all requests: what is on the stage has gone out, or its sockets keep
    /// it.</summary>
    private void ClearStage()
    {
        if (_stageEnd == 0)
        {
            return;
        }

        if (_ring.HasUnsubmitted || _ring.HasOverflow)
        {
            // The kernel was short of memory, or its completions did not fit.
            Flush();
            return;
        }

        _stageEnd = 0;
        _lastStaged = null;
        _lastStagedSocket = null;
        _round++;
    }
}

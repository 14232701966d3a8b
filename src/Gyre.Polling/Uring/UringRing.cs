using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gyre.Polling;

/// <summary>A ring: the queue of requests, the queue of completions, and the call that exchanges them.</summary>
/// <remarks>
/// The queues are shared with the kernel. We own the submissions' tail and the completions' head, it owns the
/// other two. Each side publishes what it wrote with a release of its index, and reads the other's index with
/// an acquire: each such access below names its pair.
/// </remarks>
// SAFETY: the pointers go into the two mappings, which live as long as this object; indices are masked.
internal sealed unsafe class UringRing : IDisposable
{
    private const uint SetupCompletionEntries = 1u << 3;
    private const uint SetupDisabled = 1u << 6;
    private const uint SetupSubmitAll = 1u << 7;
    private const uint SetupTaskRunFlag = 1u << 9;
    private const uint SetupSingleIssuer = 1u << 12;
    private const uint SetupDeferTaskRun = 1u << 13;

    private const uint FeatureSingleMapping = 1u << 0;
    private const uint FeatureNoDrop = 1u << 1;
    private const uint FeatureExtendedArgument = 1u << 8;
    private const uint FeatureSkipCompletion = 1u << 11;

    private const uint NeededFeatures =
        FeatureSingleMapping | FeatureNoDrop | FeatureExtendedArgument | FeatureSkipCompletion;

    private const uint StateCompletionsOverflow = 1u << 1;
    private const uint StateTaskRun = 1u << 2;

    private const nint OffsetOfRings = 0;
    private const nint OffsetOfSubmissions = 0x10000000;

    private const int SubmitTriesMax = 1000;

    private readonly DescriptorHandle _handle;
    private readonly int _descriptor;
    private readonly MappedMemory _rings;
    private readonly MappedMemory _entries;

    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint* _state;
    private readonly UringSubmission* _submissions;
    private readonly uint _submissionMask;
    private readonly uint _submissionCount;

    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly UringCompletion* _completions;
    private readonly uint _completionMask;

    // The requests written so far; the kernel may not know of the last ones yet.
    private uint _tail;
    private uint _head;

    private UringRing(DescriptorHandle handle, in UringParameters parameters)
    {
        _handle = handle;
        _descriptor = (int)handle.DangerousGetHandle();
        UringParameters.SubmissionOffsets submissions = parameters.Submissions;
        UringParameters.CompletionOffsets completions = parameters.Completions;
        nuint length = Math.Max(
            submissions.Array + (parameters.SubmissionEntries * sizeof(uint)),
            completions.Completions + (parameters.CompletionEntries * (uint)sizeof(UringCompletion)));
        _rings = Map(OffsetOfRings, length);
        try
        {
            _entries = Map(OffsetOfSubmissions, parameters.SubmissionEntries * (nuint)sizeof(UringSubmission));
        }
        catch
        {
            _rings.Dispose();
            throw;
        }

        byte* rings = (byte*)_rings.Address;
        _submissionHead = (uint*)(rings + submissions.Head);
        _submissionTail = (uint*)(rings + submissions.Tail);
        _state = (uint*)(rings + submissions.Flags);
        _submissions = (UringSubmission*)_entries.Address;
        _submissionCount = parameters.SubmissionEntries;
        _submissionMask = _submissionCount - 1;
        _completionHead = (uint*)(rings + completions.Head);
        _completionTail = (uint*)(rings + completions.Tail);
        _completions = (UringCompletion*)(rings + completions.Completions);
        _completionMask = parameters.CompletionEntries - 1;
        _head = *_completionHead;

        // Entries are used in their own order; the indirection that the kernel offers is not needed.
        uint* array = (uint*)(rings + submissions.Array);
        for (uint i = 0; i < _submissionCount; i++)
        {
            array[i] = i;
        }
    }

    /// <summary>Whether requests were written that the kernel has not taken yet.</summary>
    // Pairs with the kernel's release of the head after it copied an entry.
    public bool HasUnsubmitted => _tail != Volatile.Read(ref *_submissionHead);

    /// <summary>Whether a call of <see cref="Enter"/> that does not wait would do anything: there are
    /// requests, or the kernel has work for us to do in it.</summary>
    // Pairs with the kernel's atomic or of the state, when it queues work for this ring.
    public bool NeedsEnter =>
        HasUnsubmitted || (Volatile.Read(ref *_state) & (StateTaskRun | StateCompletionsOverflow)) != 0;

    /// <summary>Whether completions exist that did not fit into their queue. The next <see cref="Enter"/>
    /// brings them.</summary>
    public bool HasOverflow => (Volatile.Read(ref *_state) & StateCompletionsOverflow) != 0;

    /// <summary>Makes a ring. It belongs to the first thread that calls <see cref="Enable"/>.</summary>
    /// <param name="submissions">The requests of one call at the most, a power of two.</param>
    /// <param name="completions">The completions that fit, a power of two.</param>
    /// <param name="ring">The ring.</param>
    /// <returns>0, or minus an <see cref="Errno"/>; <see cref="Errno.NotSupported"/> when the kernel makes
    /// rings, but lacks what is needed.</returns>
    public static int Create(uint submissions, uint completions, out UringRing? ring)
    {
        ring = null;
        var parameters = new UringParameters
        {
            CompletionEntries = completions,
            Flags = SetupCompletionEntries | SetupDisabled | SetupSubmitAll | SetupTaskRunFlag
                | SetupSingleIssuer | SetupDeferTaskRun,
        };
        int descriptor = Libc.UringSetup(submissions, &parameters);
        if (descriptor < 0)
        {
            return descriptor;
        }

        var handle = new DescriptorHandle(descriptor);
        if ((parameters.Features & NeededFeatures) != NeededFeatures)
        {
            handle.Dispose();
            return -Errno.NotSupported;
        }

        try
        {
            ring = new UringRing(handle, parameters);
            return 0;
        }
        catch (SocketException)
        {
            handle.Dispose();
            return -Errno.NoMemory;
        }
    }

    /// <summary>Lets the ring be used, from here on by the calling thread only.</summary>
    /// <returns>0, or minus an <see cref="Errno"/>.</returns>
    public int Enable() => Register(Libc.UringRegisterEnable, null, 0);

    /// <summary>Changes something about the ring.</summary>
    /// <returns>0 or more, or minus an <see cref="Errno"/>.</returns>
    public int Register(uint operation, void* argument, uint count) =>
        Libc.UringRegister(_descriptor, operation, argument, count);

    /// <summary>Room for a request, all zero, or null when <see cref="Submit"/> must be called first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UringSubmission* TryAdd()
    {
        // Pairs with the kernel's release of the head after it copied an entry.
        if (_tail - Volatile.Read(ref *_submissionHead) == _submissionCount)
        {
            return null;
        }

        UringSubmission* entry = _submissions + (_tail & _submissionMask);
        *entry = default;
        _tail++;
        return entry;
    }

    /// <summary>Submits everything that was written, has the kernel do its work for this ring, and waits for a
    /// completion.</summary>
    /// <param name="timeoutNanoseconds">As in <see cref="Poller.Poll"/>.</param>
    /// <returns>0 or more, or minus an <see cref="Errno"/>.</returns>
    public int Enter(long timeoutNanoseconds)
    {
        uint flags = Libc.UringEnterGetEvents;
        uint wait = timeoutNanoseconds == 0 ? 0u : 1u;
        if (timeoutNanoseconds <= 0)
        {
            return Libc.UringEnter(_descriptor, PublishSubmissions(), wait, flags, null);
        }

        // SAFETY: the timeout and the argument are locals, and the call does not outlive them.
        var timeout = KernelTimespec.FromNanoseconds(timeoutNanoseconds);
        var argument = new UringWaitArgument { SignalMaskSize = 8, TimespecAddress = (ulong)&timeout };
        flags |= Libc.UringEnterExtendedArgument;
        return Libc.UringEnter(_descriptor, PublishSubmissions(), wait, flags, &argument);
    }

    /// <summary>Submits everything that was written, and does nothing else.</summary>
    /// <exception cref="SocketException">The kernel does not take it.</exception>
    public void Submit()
    {
        int result = 0;
        for (int i = 0; i < SubmitTriesMax; i++)
        {
            uint count = PublishSubmissions();
            if (count == 0)
            {
                return;
            }

            result = Libc.UringEnter(_descriptor, count, 0, 0, null);
            if (result < 0 && result is not (-Errno.Again or -Errno.Busy or -Errno.Interrupted))
            {
                break;
            }
        }

        throw Errno.ToException(result < 0 ? -result : Errno.NoMemory);
    }

    /// <summary>Takes the next completion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(uint end, out UringCompletion completion)
    {
        if (_head == end)
        {
            completion = default;
            return false;
        }

        completion = _completions[_head & _completionMask];
        _head++;

        // Pairs with the kernel's acquire of the head: it may write over the entry from here on.
        Volatile.Write(ref *_completionHead, _head);
        return true;
    }

    /// <summary>Where the completions end that exist now.</summary>
    // Pairs with the kernel's release of the tail after it wrote an entry.
    public uint CompletionsEnd() => Volatile.Read(ref *_completionTail);

    /// <summary>How many completions wait to be taken.</summary>
    public int CompletionCount => (int)(CompletionsEnd() - _head);

    /// <summary>Whether a completion waits to be taken.</summary>
    public bool HasCompletions => _head != CompletionsEnd();

    public void Dispose()
    {
        _handle.Dispose();
        _entries.Dispose();
        _rings.Dispose();
    }

    /// <summary>Makes the requests visible to the kernel, and counts those that it has not taken.</summary>
    private uint PublishSubmissions()
    {
        // Pairs with the kernel's acquire of the tail: it sees the entries as they were written.
        Volatile.Write(ref *_submissionTail, _tail);
        uint count = _tail - Volatile.Read(ref *_submissionHead);
        Debug.Assert(count <= _submissionCount, "Nothing is written over an entry that the kernel has not taken.");
        return count;
    }

    private MappedMemory Map(nint offset, nuint length) => new(Libc.MapShared(_descriptor, length, offset), length);
}

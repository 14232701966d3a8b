using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling.Tests;

/// <summary>The layouts of io_uring, as in the kernel's <c>include/uapi/linux/io_uring.h</c>. A change of one of
/// these numbers is a bug.</summary>
public sealed class UringLayoutTests
{
    [Fact]
    public void Sizes_Always_AreTheKernels()
    {
        Assert.Equal(64, Unsafe.SizeOf<UringSubmission>());
        Assert.Equal(16, Unsafe.SizeOf<UringCompletion>());
        Assert.Equal(120, Unsafe.SizeOf<UringParameters>());
        Assert.Equal(40, Unsafe.SizeOf<UringParameters.SubmissionOffsets>());
        Assert.Equal(40, Unsafe.SizeOf<UringParameters.CompletionOffsets>());
        Assert.Equal(16, Unsafe.SizeOf<UringBufferEntry>());
        Assert.Equal(40, Unsafe.SizeOf<UringBufferRegistration>());
        Assert.Equal(24, Unsafe.SizeOf<UringWaitArgument>());
    }

    [Theory]
    [InlineData(nameof(UringSubmission.Opcode), 0)]
    [InlineData(nameof(UringSubmission.Flags), 1)]
    [InlineData(nameof(UringSubmission.OpcodeFlags), 2)]
    [InlineData(nameof(UringSubmission.Descriptor), 4)]
    [InlineData(nameof(UringSubmission.Offset), 8)]
    [InlineData(nameof(UringSubmission.Address), 16)]
    [InlineData(nameof(UringSubmission.Length), 24)]
    [InlineData(nameof(UringSubmission.CallFlags), 28)]
    [InlineData(nameof(UringSubmission.UserData), 32)]
    [InlineData(nameof(UringSubmission.BufferGroup), 40)]
    [InlineData(nameof(UringSubmission.Personality), 42)]
    [InlineData(nameof(UringSubmission.FileIndex), 44)]
    public void Submission_Field_IsWhereTheKernelReadsIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringSubmission>(field));

    [Theory]
    [InlineData(nameof(UringCompletion.UserData), 0)]
    [InlineData(nameof(UringCompletion.Result), 8)]
    [InlineData(nameof(UringCompletion.Flags), 12)]
    public void Completion_Field_IsWhereTheKernelWritesIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringCompletion>(field));

    [Theory]
    [InlineData(nameof(UringParameters.SubmissionEntries), 0)]
    [InlineData(nameof(UringParameters.CompletionEntries), 4)]
    [InlineData(nameof(UringParameters.Flags), 8)]
    [InlineData(nameof(UringParameters.Features), 20)]
    [InlineData(nameof(UringParameters.WorkQueueDescriptor), 24)]
    [InlineData(nameof(UringParameters.Submissions), 40)]
    [InlineData(nameof(UringParameters.Completions), 80)]
    public void Parameters_Field_IsWhereTheKernelReadsIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringParameters>(field));

    [Theory]
    [InlineData(nameof(UringParameters.SubmissionOffsets.Head), 0)]
    [InlineData(nameof(UringParameters.SubmissionOffsets.Tail), 4)]
    [InlineData(nameof(UringParameters.SubmissionOffsets.Flags), 16)]
    [InlineData(nameof(UringParameters.SubmissionOffsets.Array), 24)]
    public void SubmissionOffsets_Field_IsWhereTheKernelWritesIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringParameters.SubmissionOffsets>(field));

    [Theory]
    [InlineData(nameof(UringParameters.CompletionOffsets.Head), 0)]
    [InlineData(nameof(UringParameters.CompletionOffsets.Tail), 4)]
    [InlineData(nameof(UringParameters.CompletionOffsets.Completions), 20)]
    public void CompletionOffsets_Field_IsWhereTheKernelWritesIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringParameters.CompletionOffsets>(field));

    [Theory]
    [InlineData(nameof(UringBufferEntry.Address), 0)]
    [InlineData(nameof(UringBufferEntry.Length), 8)]
    [InlineData(nameof(UringBufferEntry.Id), 12)]
    [InlineData(nameof(UringBufferEntry.TailOfRing), 14)]
    public void BufferEntry_Field_IsWhereTheKernelReadsIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringBufferEntry>(field));

    [Theory]
    [InlineData(nameof(UringBufferRegistration.RingAddress), 0)]
    [InlineData(nameof(UringBufferRegistration.Entries), 8)]
    [InlineData(nameof(UringBufferRegistration.Group), 12)]
    [InlineData(nameof(UringBufferRegistration.Flags), 14)]
    public void BufferRegistration_Field_IsWhereTheKernelReadsIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringBufferRegistration>(field));

    [Theory]
    [InlineData(nameof(UringWaitArgument.SignalMask), 0)]
    [InlineData(nameof(UringWaitArgument.SignalMaskSize), 8)]
    [InlineData(nameof(UringWaitArgument.TimespecAddress), 16)]
    public void WaitArgument_Field_IsWhereTheKernelReadsIt(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<UringWaitArgument>(field));

    [Theory]
    [InlineData(0x0000_0001u, true, false, 0)]
    [InlineData(0x0003_0003u, true, true, 3)]
    [InlineData(0x0000_0002u, false, true, 0)]
    [InlineData(0xFFFF_0001u, true, false, 65_535)]
    public void Completion_Flags_SayWhatTheyMean(uint flags, bool hasBuffer, bool hasMore, int buffer)
    {
        var completion = new UringCompletion { Flags = flags };
        Assert.Equal(hasBuffer, completion.HasBuffer);
        Assert.Equal(hasMore, completion.HasMore);
        Assert.Equal(buffer, completion.BufferId);
    }
}

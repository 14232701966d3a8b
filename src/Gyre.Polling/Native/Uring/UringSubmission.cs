using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>One request to the kernel: <c>struct io_uring_sqe</c>. The names of the fields that mean different
/// things to different requests say what they mean to ours.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct UringSubmission
{
    [FieldOffset(0)]
    public UringOpcode Opcode;

    [FieldOffset(1)]
    public byte Flags;

    /// <summary>Flags of the opcode's own, in the field that files use for a priority.</summary>
    [FieldOffset(2)]
    public ushort OpcodeFlags;

    [FieldOffset(4)]
    public int Descriptor;

    [FieldOffset(8)]
    public ulong Offset;

    /// <summary>The buffer; for a cancellation, the user data of what is to be cancelled.</summary>
    [FieldOffset(16)]
    public ulong Address;

    /// <summary>The buffer's length; for a poll, its flags.</summary>
    [FieldOffset(24)]
    public uint Length;

    /// <summary>The flags of the corresponding system call; for a poll, the events.</summary>
    [FieldOffset(28)]
    public uint CallFlags;

    [FieldOffset(32)]
    public ulong UserData;

    [FieldOffset(40)]
    public ushort BufferGroup;

    [FieldOffset(42)]
    public ushort Personality;

    [FieldOffset(44)]
    public int FileIndex;
}

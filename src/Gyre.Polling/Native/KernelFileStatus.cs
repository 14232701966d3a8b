using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The kernel's <c>struct statx</c>, as far as it is used.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct KernelFileStatus
{
    public const int KindMask = 0xf000;
    public const int KindSocket = 0xc000;
    public const int KindPipe = 0x1000;
    public const int KindCharacterDevice = 0x2000;
    public const int KindRegular = 0x8000;
    public const int KindFolder = 0x4000;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(80)]
    public long BirthSeconds;

    [FieldOffset(88)]
    public uint BirthNanoseconds;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    public readonly int Kind => Mode & KindMask;
}

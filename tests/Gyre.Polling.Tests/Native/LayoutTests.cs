using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gyre.Polling.Tests;

/// <summary>The layouts that the kernel reads and writes. A change of one of these numbers is a
/// bug.</summary>
public sealed class LayoutTests
{
    [Theory]
    [InlineData(Architecture.X64, 12, 4)]
    [InlineData(Architecture.Arm64, 16, 8)]
    public void EpollEvent_Architecture_HasTheKernelsLayout(Architecture architecture, int size, int dataOffset)
    {
        Assert.Equal(size, EpollEvents.SizeOn(architecture));
        Assert.Equal(dataOffset, EpollEvents.DataOffsetOn(architecture));
        Assert.True(size <= EpollEvents.MaxSize);
    }

    [Fact]
    public void EpollEvent_ThisMachine_UsesItsLayout()
    {
        Assert.Equal(EpollEvents.SizeOn(RuntimeInformation.ProcessArchitecture), EpollEvents.Size);
        Assert.Equal(EpollEvents.DataOffsetOn(RuntimeInformation.ProcessArchitecture), EpollEvents.DataOffset);
        Assert.Equal(EpollEvents.Size, EpollEvents.DataOffset + sizeof(ulong));
    }

    [Fact]
    public void PollEntry_Always_HasTheKernelsLayout()
    {
        Assert.Equal(8, Unsafe.SizeOf<PollEntry>());
        Assert.Equal(0, Marshal.OffsetOf<PollEntry>(nameof(PollEntry.Descriptor)));
        Assert.Equal(4, Marshal.OffsetOf<PollEntry>(nameof(PollEntry.Events)));
        Assert.Equal(6, Marshal.OffsetOf<PollEntry>(nameof(PollEntry.Result)));
    }

    [Fact]
    public void KernelTimespec_Always_IsTwoLongs()
    {
        Assert.Equal(16, Unsafe.SizeOf<KernelTimespec>());
        Assert.Equal(0, Marshal.OffsetOf<KernelTimespec>(nameof(KernelTimespec.Seconds)));
        Assert.Equal(8, Marshal.OffsetOf<KernelTimespec>(nameof(KernelTimespec.Nanoseconds)));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(999_999_999, 0, 999_999_999)]
    [InlineData(1_000_000_000, 1, 0)]
    [InlineData(long.MaxValue, 9_223_372_036, 854_775_807)]
    public void KernelTimespec_FromNanoseconds_Splits(long given, long seconds, long nanoseconds)
    {
        var timespec = KernelTimespec.FromNanoseconds(given);
        Assert.Equal(seconds, timespec.Seconds);
        Assert.Equal(nanoseconds, timespec.Nanoseconds);
    }

    [Fact]
    public void Linger_Always_IsTwoInts()
    {
        Assert.Equal(8, Unsafe.SizeOf<Linger>());
        Assert.Equal(0, Marshal.OffsetOf<Linger>(nameof(Linger.OnOff)));
        Assert.Equal(4, Marshal.OffsetOf<Linger>(nameof(Linger.Seconds)));
    }

    [Fact]
    public void AddressHints_On64Bits_HasTheCLibrarysLayout()
    {
        Assert.SkipUnless(Environment.Is64BitProcess, "The layout is known for 64 bits.");
        Assert.Equal(48, Unsafe.SizeOf<AddressHints>());
        Assert.Equal(4, Marshal.OffsetOf<AddressHints>(nameof(AddressHints.Family)));
        Assert.Equal(8, Marshal.OffsetOf<AddressHints>(nameof(AddressHints.SocketType)));
        Assert.Equal(12, Marshal.OffsetOf<AddressHints>(nameof(AddressHints.Protocol)));
        Assert.Equal(16, Marshal.OffsetOf<AddressHints>(nameof(AddressHints.AddressLength)));
        Assert.Equal(24, Marshal.OffsetOf<AddressHints>(nameof(AddressHints.Address)));
        Assert.Equal(32, Marshal.OffsetOf<AddressHints>(nameof(AddressHints.CanonicalName)));
        Assert.Equal(40, Marshal.OffsetOf<AddressHints>(nameof(AddressHints.Next)));
    }

    [Fact]
    public void KernelMessage_Always_HasTheKernelsLayout()
    {
        Assert.Equal(64, Unsafe.SizeOf<KernelMessage>());
        Assert.Equal(0, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.Name)));
        Assert.Equal(8, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.NameLength)));
        Assert.Equal(16, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.Vectors)));
        Assert.Equal(24, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.VectorCount)));
        Assert.Equal(32, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.Control)));
        Assert.Equal(40, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.ControlLength)));
        Assert.Equal(48, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.Flags)));
        Assert.Equal(56, Marshal.OffsetOf<KernelMessage>(nameof(KernelMessage.Length)));
        Assert.Equal(16, Unsafe.SizeOf<KernelVector>());
    }
}

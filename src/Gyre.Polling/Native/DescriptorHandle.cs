using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>Owns a descriptor that is no socket, and closes it once nobody uses it.</summary>
/// <remarks>Calls from other threads go through it: it counts them, so the number cannot be closed, and given
/// to another file, while one of them is on its way to the kernel.</remarks>
internal sealed class DescriptorHandle : SafeHandle
{
    public DescriptorHandle(int descriptor)
        : base(invalidHandleValue: -1, ownsHandle: true) => SetHandle(descriptor);

    public override bool IsInvalid => handle == -1;

    // After close(2) the number is free, whatever it returned: a second try could close someone else's file.
    protected override bool ReleaseHandle() => Libc.CloseDescriptor((int)handle) == 0;
}

using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>Owns a mapping and gives it back.</summary>
internal sealed class MappedMemory : SafeHandle
{
    private readonly nuint _length;

    /// <summary>Takes what a mapping call returned.</summary>
    /// <param name="address">The address, or minus an <see cref="Errno"/>.</param>
    /// <param name="length">The mapping's length in bytes.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The call failed.</exception>
    public MappedMemory(nint address, nuint length)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        // Addresses are positive on Linux: the upper half of the space is the kernel's.
        if (address < 0)
        {
            throw Errno.ToException((int)-address);
        }

        SetHandle(address);
        _length = length;
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Where it begins.</summary>
    public nint Address => handle;

    protected override bool ReleaseHandle() => Libc.UnmapMemory(handle, _length) == 0;
}

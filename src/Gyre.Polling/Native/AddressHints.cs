using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The C library's struct addrinfo, on 64-bit Linux: what is asked for, and an item of the answer.</summary>
// SAFETY: the pointers of an answer lead into the C library's list, until that is freed.
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AddressHints
{
    public int Flags;
    public int Family;
    public int SocketType;
    public int Protocol;
    public uint AddressLength;
    public byte* Address;
    public byte* CanonicalName;
    public AddressHints* Next;
}

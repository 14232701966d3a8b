using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>What poll(2) is asked about one descriptor, and what it says: <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Events;
    public short Result;
}

using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>What a close does with bytes that are not sent yet: <c>struct linger</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Linger
{
    public int OnOff;
    public int Seconds;
}

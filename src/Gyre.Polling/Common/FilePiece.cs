using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling;

/// <summary>The bytes of a file that are being sent.</summary>
internal sealed record FilePiece(SafeFileHandle File, long Offset, int Count)
{
    /// <summary>Sends what a socket takes of them now.</summary>
    /// <returns>How many bytes, 0 at the end of the file, or minus an <see cref="Errno"/>.</returns>
    public int Send(int descriptor)
    {
        try
        {
            return (int)Libc.SendFile(descriptor, File, Offset, Count);
        }
        catch (ObjectDisposedException)
        {
            // The file was closed before its turn came. That is the sender's own doing, and no fault of the loop.
            return -Errno.BadDescriptor;
        }
    }
}

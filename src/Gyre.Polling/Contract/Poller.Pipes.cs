using System.Runtime.InteropServices;

namespace Gyre.Polling;

public abstract partial class Poller
{
    /// <summary>Takes over one end of a pipe, a terminal or another character device, or a socket that is used as a
    /// pipe.</summary>
    /// <param name="handle">It belongs to the poller's pipe from here on, which closes it; one that does not own its
    /// descriptor (as for the standard input) leaves that open. It becomes non-blocking.</param>
    /// <remarks>
    /// <para>Owner thread only. When this fails the handle stays the caller's.</para>
    /// <para>Blocking is a property of the open file, which other descriptors and other processes may share: a terminal is
    /// usually shared by all that runs in it. <see cref="PollPipe.Close"/> makes it as it was; a process that is killed
    /// leaves it non-blocking.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The handle is of a regular file, a folder or a disk: those are always ready, and
    /// reading them blocks.</exception>
    /// <exception cref="InvalidOperationException">The descriptor is that of an attached socket, or is watched.</exception>
    /// <exception cref="PlatformNotSupportedException">This backend has no pipes on this system.</exception>
    /// <exception cref="ObjectDisposedException">The poller or the handle is closed.</exception>
    public virtual PollPipe AttachPipe(SafeHandle handle) =>
        throw new PlatformNotSupportedException($"The {BackendName} backend has no pipes here. Pipes take Linux.");
}

using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Gyre;

/// <summary>Makes pipes of the operating system. Python: <c>os.pipe</c>.</summary>
public static class OsPipe
{
    /// <summary>Makes a pipe.</summary>
    /// <returns>Its two ends. Child processes do not inherit them. Close what you do not hand on.</returns>
    /// <remarks>Any thread. An <see cref="AnonymousPipeServerStream"/> makes one, too, for a child process to inherit: hand
    /// its <c>SafePipeHandle</c> to <c>loop.ConnectReadPipe</c> or <c>loop.ConnectWritePipe</c>.</remarks>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public static (SafeFileHandle ReadEnd, SafeFileHandle WriteEnd) Create()
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);

        // From here on the handles below own the descriptors, and the stream's owns nothing.
        var readEnd = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        var writeEnd = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        pipe.SafePipeHandle.SetHandleAsInvalid();
        pipe.ClientSafePipeHandle.SetHandleAsInvalid();
        pipe.Dispose();
        return (readEnd, writeEnd);
    }
}

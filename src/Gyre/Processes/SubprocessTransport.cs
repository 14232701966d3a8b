using System.Runtime.InteropServices;

namespace Gyre;

/// <summary>A child process as its <see cref="SubprocessProtocol"/> sees it.</summary>
/// <remarks>
/// <para>Loop thread only. Gyre does not start processes yet. Until it does, derive from this class to drive a
/// <see cref="SubprocessProtocol"/> with a process that you start in your own way, or with one that a test makes up.</para>
/// <para>asyncio: <c>SubprocessTransport</c>.</para>
/// </remarks>
public abstract class SubprocessTransport
{
    /// <summary>Makes a transport for a process that belongs to a loop.</summary>
    /// <param name="loop">The loop on which the protocol is called.</param>
    protected SubprocessTransport(EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        Loop = loop;
    }

    /// <summary>The loop that the process belongs to.</summary>
    public EventLoop Loop { get; }

    /// <summary>The protocol that is called. May be replaced at any time; the new one is not told that the process runs.
    /// asyncio: <c>get_protocol</c>, <c>set_protocol</c>.</summary>
    public abstract SubprocessProtocol Protocol { get; set; }

    /// <summary>Whether the transport is closed or on its way there. asyncio: <c>is_closing</c>.</summary>
    public abstract bool IsClosing { get; }

    /// <summary>The number of the process in the system. asyncio: <c>get_pid</c>.</summary>
    public abstract int ProcessId { get; }

    /// <summary>What the process ended with, or null while it runs. A negative number −N: signal N ended it. asyncio:
    /// <c>get_returncode</c>.</summary>
    public abstract int? ExitCode { get; }

    /// <summary>The transport of a pipe. asyncio: <c>get_pipe_transport</c>.</summary>
    /// <param name="descriptor">The number of the pipe in the child: 0 is its standard input, which is written to; 1 its
    /// standard output and 2 its standard error, which are read.</param>
    /// <returns>Null when the process has no such pipe.</returns>
    public abstract Transport? GetPipeTransport(int descriptor);

    /// <summary>Sends a signal to the process. asyncio: <c>send_signal</c>.</summary>
    /// <param name="signal">One of <see cref="PosixSignal"/>, or the system's own number of a signal.</param>
    /// <remarks>Does nothing when the process has ended.</remarks>
    public abstract void SendSignal(PosixSignal signal);

    /// <summary>Asks the process to end, by SIGTERM. asyncio: <c>terminate</c>.</summary>
    /// <remarks>Does nothing when the process has ended.</remarks>
    public virtual void Terminate() => SendSignal(PosixSignal.SIGTERM);

    /// <summary>Ends the process, by SIGKILL: it cannot refuse. asyncio: <c>kill</c>.</summary>
    /// <remarks>Does nothing when the process has ended.</remarks>
    public abstract void Kill();

    /// <summary>Ends the process, if it runs, and closes its pipes. asyncio: <c>close</c>.</summary>
    /// <remarks>The protocol hears <see cref="SubprocessProtocol.ConnectionLost"/> when all is over, never from inside this
    /// call. A second call does nothing.</remarks>
    public abstract void Close();
}

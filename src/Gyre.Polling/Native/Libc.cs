using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Every argument is blittable, so the calls need no marshalling stub and can be inlined into their callers.
[assembly: DisableRuntimeMarshalling]

namespace Gyre.Polling;

/// <summary>The system calls of Linux that this layer makes, by way of the C library.</summary>
/// <remarks>
/// <para>The wrappers return what the kernel returns: a result, or minus an <see cref="Errno"/>. They read
/// errno right after the call; the runtime keeps it across everything that it does between the two (a pause
/// for the garbage collector, the compilation of a stub). That is cheaper than <c>SetLastError</c>, which
/// clears errno before each call.</para>
/// <para>None of the calls has <c>SuppressGCTransition</c>: each may block or take over a microsecond, and
/// the garbage collector would wait for it.</para>
/// </remarks>
// SAFETY: each wrapper hands the kernel either its own locals, or a pointer and a length that the caller
// vouches for.
internal static unsafe partial class Libc
{
    public const int EpollCtlAdd = 1;
    public const int EpollCtlDelete = 2;
    public const int EpollCtlModify = 3;

    public const uint EpollIn = 0x001;
    public const uint EpollUrgent = 0x002;
    public const uint EpollOut = 0x004;
    public const uint EpollError = 0x008;
    public const uint EpollHangUp = 0x010;
    public const uint EpollReadHangUp = 0x2000;
    public const uint EpollEdge = 1u << 31;

    public const int SocketStream = 1;
    public const int SocketNonBlocking = 0x800;
    public const int SocketCloseOnExec = 0x80000;
    public const int MessageDontWait = 0x40;
    public const int MessageWaitAll = 0x100;
    public const int MessageNoSignal = 0x4000;

    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int OptionError = 4;
    public const int OptionLinger = 13;
    public const int OptionAcceptsConnections = 30;
    public const int OptionTcpNoDelay = 1;

    private const int CloseOnExec = 0x80000;
    private const int SystemCallEpollWait2 = 441;

    public static int EpollCreate() => Check(epoll_create1(CloseOnExec));

    public static int EpollControl(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        byte* entry = stackalloc byte[EpollEvents.MaxSize];
        EpollEvents.Write(entry, events, data);
        return Check(epoll_ctl(epoll, operation, descriptor, entry));
    }

    /// <summary>Waits with the precision of a millisecond.</summary>
    /// <param name="epoll">The epoll's descriptor.</param>
    /// <param name="events">Room for <paramref name="count"/> events.</param>
    /// <param name="count">The most events to take.</param>
    /// <param name="milliseconds">0 looks, -1 waits for ever.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EpollWait(int epoll, byte* events, int count, int milliseconds) =>
        Check(epoll_wait(epoll, events, count, milliseconds));

    /// <summary>Waits with the precision of a nanosecond (epoll_pwait2, since Linux 5.11).</summary>
    /// <param name="epoll">The epoll's descriptor.</param>
    /// <param name="events">Room for <paramref name="count"/> events.</param>
    /// <param name="count">The most events to take.</param>
    /// <param name="timeout">Null waits for ever.</param>
    /// <remarks>By its number: not every C library has a wrapper, and none is needed. It has the same number
    /// on all architectures, as all calls since 2019.</remarks>
    public static int EpollWait2(int epoll, byte* events, int count, KernelTimespec* timeout) =>
        (int)Check(syscall(SystemCallEpollWait2, epoll, (nint)events, count, (nint)timeout, 0, 0));

    public static int CreateEvent() => Check(eventfd(0, CloseOnExec | SocketNonBlocking));

    /// <summary>Adds one to an eventfd.</summary>
    /// <param name="descriptor">The handle; it keeps the descriptor open during the call.</param>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public static nint WriteEvent(SafeHandle descriptor)
    {
        ulong one = 1;
        return Check(write(descriptor, &one, sizeof(ulong)));
    }

    public static int CloseDescriptor(int descriptor) => Check(close(descriptor));

    public static int CreateSocket(int family, int type, int protocol) =>
        Check(socket(family, type | SocketNonBlocking | SocketCloseOnExec, protocol));

    public static int Connect(int descriptor, byte* address, int length) =>
        Check(connect(descriptor, address, (uint)length));

    public static int Accept(int descriptor, byte* address, ref int length)
    {
        uint size = (uint)length;
        int result = Check(accept4(descriptor, address, &size, SocketNonBlocking | SocketCloseOnExec));
        length = (int)size;
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Receive(int descriptor, byte* buffer, nuint length) =>
        Check(recv(descriptor, buffer, length, 0));

    /// <summary>Sends without the signal that kills a process which writes to a closed connection.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="length">Their number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Send(int descriptor, byte* data, nuint length) =>
        Check(send(descriptor, data, length, MessageNoSignal));

    /// <param name="descriptor">The socket.</param>
    /// <param name="how">0 ends reading, 1 writing, 2 both.</param>
    public static int Shutdown(int descriptor, int how) => Check(shutdown(descriptor, how));

    public static int GetOption(int descriptor, int level, int option, out int value)
    {
        int result;
        uint length = sizeof(int);
        fixed (int* pointer = &value)
        {
            *pointer = 0;
            result = Check(getsockopt(descriptor, level, option, pointer, &length));
        }

        return result;
    }

    public static int SetOption(int descriptor, int level, int option, int value) =>
        Check(setsockopt(descriptor, level, option, &value, sizeof(int)));

    /// <summary>Makes the next close send a reset: a linger of no time drops what is not sent.</summary>
    /// <param name="descriptor">The socket.</param>
    public static int SetLingerZero(int descriptor)
    {
        var linger = new Linger { OnOff = 1, Seconds = 0 };
        return Check(setsockopt(descriptor, LevelSocket, OptionLinger, &linger, (uint)sizeof(Linger)));
    }

    public static int GetLocalAddress(int descriptor, byte* address, ref int length)
    {
        uint size = (uint)length;
        int result = Check(getsockname(descriptor, address, &size));
        length = (int)size;
        return result;
    }

    public static int GetRemoteAddress(int descriptor, byte* address, ref int length)
    {
        uint size = (uint)length;
        int result = Check(getpeername(descriptor, address, &size));
        length = (int)size;
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Check(int result) => result >= 0 ? result : -Marshal.GetLastSystemError();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Check(nint result) => result >= 0 ? result : -Marshal.GetLastSystemError();
}

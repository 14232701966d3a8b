using System.Runtime.InteropServices;

namespace Gyre.Polling;

// SAFETY: declarations only; the wrappers in Libc.cs make the calls.
internal static unsafe partial class Libc
{
    // The runtime finds the C library under this name, whichever it is (glibc's libc.so.6, musl's libc.so).
    private const string Name = "libc";

    [LibraryImport(Name)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Name)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport(Name)]
    private static partial int epoll_wait(int epoll, byte* events, int count, int milliseconds);

    // Variadic in C. Linux passes variadic integers as it passes others, on x64 and on arm64.
    [LibraryImport(Name)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport(Name)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Name)]
    private static partial nint write(SafeHandle descriptor, void* data, nuint length);

    [LibraryImport(Name)]
    private static partial int close(int descriptor);

    [LibraryImport(Name)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport(Name)]
    private static partial int connect(int descriptor, byte* address, uint length);

    [LibraryImport(Name)]
    private static partial int accept4(int descriptor, byte* address, uint* length, int flags);

    [LibraryImport(Name)]
    private static partial nint recv(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport(Name)]
    private static partial nint send(int descriptor, byte* data, nuint length, int flags);

    [LibraryImport(Name)]
    private static partial int shutdown(int descriptor, int how);

    [LibraryImport(Name)]
    private static partial nint sendfile(int socket, SafeHandle file, long* offset, nuint count);

    [LibraryImport(Name, EntryPoint = "sendfile")]
    private static partial nint sendfile_handles(SafeHandle socket, SafeHandle file, long* offset, nuint count);

    [LibraryImport(Name)]
    private static partial int getsockopt(int descriptor, int level, int option, void* value, uint* length);

    [LibraryImport(Name)]
    private static partial int setsockopt(int descriptor, int level, int option, void* value, uint length);

    [LibraryImport(Name)]
    private static partial int getsockname(int descriptor, byte* address, uint* length);

    [LibraryImport(Name)]
    private static partial int getpeername(int descriptor, byte* address, uint* length);

    [LibraryImport(Name)]
    private static partial nint mmap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport(Name)]
    private static partial int munmap(nint address, nuint length);
}

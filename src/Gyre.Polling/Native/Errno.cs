using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>The error numbers of Linux (the same on x64 and arm64), and what .NET calls them.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int NoDevice = 6;
    public const int BadDescriptor = 9;
    public const int Again = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int Fault = 14;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int Invalid = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int NoSpace = 28;
    public const int IllegalSeek = 29;
    public const int BrokenPipe = 32;
    public const int NotImplemented = 38;
    public const int NoData = 61;
    public const int TimerExpired = 62;
    public const int NoNetwork = 64;
    public const int Protocol = 71;
    public const int Overflow = 75;
    public const int NotSocket = 88;
    public const int DestinationRequired = 89;
    public const int MessageSize = 90;
    public const int WrongProtocolType = 91;
    public const int NoProtocolOption = 92;
    public const int ProtocolNotSupported = 93;
    public const int SocketNotSupported = 94;
    public const int NotSupported = 95;
    public const int ProtocolFamilyNotSupported = 96;
    public const int AddressFamilyNotSupported = 97;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int NetworkReset = 102;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int IsConnected = 106;
    public const int NotConnected = 107;
    public const int ShutDown = 108;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostDown = 112;
    public const int HostUnreachable = 113;
    public const int Already = 114;
    public const int InProgress = 115;
    public const int Cancelled = 125;

    /// <summary>Names an error as <c>System.Net.Sockets</c> does on Linux.</summary>
    /// <param name="errno">The number, positive. 0 is success.</param>
    public static SocketError ToSocketError(int errno) => errno switch
    {
        0 => SocketError.Success,
        NotPermitted or AccessDenied => SocketError.AccessDenied,
        NoEntry or AddressNotAvailable => SocketError.AddressNotAvailable,
        Interrupted => SocketError.Interrupted,
        NoDevice => SocketError.HostNotFound,
        BadDescriptor or Cancelled => SocketError.OperationAborted,
        Again => SocketError.WouldBlock,
        NoMemory or NoSpace or NoBuffers => SocketError.NoBufferSpaceAvailable,
        Fault => SocketError.Fault,
        Invalid => SocketError.InvalidArgument,
        TooManyFilesInSystem or TooManyFiles => SocketError.TooManyOpenSockets,
        BrokenPipe => SocketError.Shutdown,
        NoData => SocketError.NoData,
        NotSocket => SocketError.NotSocket,
        DestinationRequired => SocketError.DestinationAddressRequired,
        MessageSize => SocketError.MessageSize,
        WrongProtocolType => SocketError.ProtocolType,
        NoProtocolOption => SocketError.ProtocolOption,
        ProtocolNotSupported => SocketError.ProtocolNotSupported,
        SocketNotSupported => SocketError.SocketNotSupported,
        NotSupported => SocketError.OperationNotSupported,
        ProtocolFamilyNotSupported => SocketError.ProtocolFamilyNotSupported,
        AddressFamilyNotSupported => SocketError.AddressFamilyNotSupported,
        AddressInUse => SocketError.AddressAlreadyInUse,
        NetworkDown => SocketError.NetworkDown,
        NetworkUnreachable => SocketError.NetworkUnreachable,
        NetworkReset => SocketError.NetworkReset,
        ConnectionAborted => SocketError.ConnectionAborted,
        ConnectionReset => SocketError.ConnectionReset,
        IsConnected => SocketError.IsConnected,
        NotConnected => SocketError.NotConnected,
        ShutDown => SocketError.Disconnecting,
        TimedOut => SocketError.TimedOut,
        ConnectionRefused => SocketError.ConnectionRefused,
        HostDown => SocketError.HostDown,
        HostUnreachable => SocketError.HostUnreachable,
        Already => SocketError.AlreadyInProgress,
        InProgress => SocketError.InProgress,
        _ => SocketError.SocketError,
    };

    /// <summary>What to throw where <c>System.Net.Sockets</c> would.</summary>
    /// <param name="errno">The number, positive.</param>
    public static SocketException ToException(int errno) => new((int)ToSocketError(errno));

    /// <summary>Whether an accept failed because of the one connection it was about to return, which is
    /// gone.</summary>
    /// <param name="errno">The number, positive.</param>
    /// <remarks>Linux hands errors that the new connection already has to accept(2), and EPERM when a
    /// firewall forbade it. The listener is well: its manual page says to treat all of them like "try
    /// again".</remarks>
    public static bool IsOfAcceptedConnection(int errno) => errno
        is ConnectionAborted or ConnectionReset or NotPermitted or Protocol or NoProtocolOption or NetworkDown
        or NetworkUnreachable or HostDown or HostUnreachable or NoNetwork or TimedOut;
}

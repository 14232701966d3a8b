using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public sealed class ErrnoTests
{
    [Theory]
    [InlineData(0, SocketError.Success)]
    [InlineData(1, SocketError.AccessDenied)]
    [InlineData(4, SocketError.Interrupted)]
    [InlineData(11, SocketError.WouldBlock)]
    [InlineData(13, SocketError.AccessDenied)]
    [InlineData(22, SocketError.InvalidArgument)]
    [InlineData(23, SocketError.TooManyOpenSockets)]
    [InlineData(24, SocketError.TooManyOpenSockets)]
    [InlineData(32, SocketError.Shutdown)]
    [InlineData(98, SocketError.AddressAlreadyInUse)]
    [InlineData(99, SocketError.AddressNotAvailable)]
    [InlineData(101, SocketError.NetworkUnreachable)]
    [InlineData(103, SocketError.ConnectionAborted)]
    [InlineData(104, SocketError.ConnectionReset)]
    [InlineData(105, SocketError.NoBufferSpaceAvailable)]
    [InlineData(107, SocketError.NotConnected)]
    [InlineData(110, SocketError.TimedOut)]
    [InlineData(111, SocketError.ConnectionRefused)]
    [InlineData(113, SocketError.HostUnreachable)]
    [InlineData(115, SocketError.InProgress)]
    [InlineData(9999, SocketError.SocketError)]
    public void ToSocketError_Errno_IsWhatTheBclSays(int errno, SocketError expected) =>
        Assert.Equal(expected, Errno.ToSocketError(errno));

    [Theory]
    [InlineData(103, true)]
    [InlineData(71, true)]
    [InlineData(1, true)]
    [InlineData(24, false)]
    [InlineData(23, false)]
    [InlineData(11, false)]
    [InlineData(22, false)]
    public void IsOfAcceptedConnection_Errno_TellsTheConnectionFromTheListener(int errno, bool expected) =>
        Assert.Equal(expected, Errno.IsOfAcceptedConnection(errno));
}

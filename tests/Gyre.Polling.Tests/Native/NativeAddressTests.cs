using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public sealed class NativeAddressTests
{
    private readonly bool _isLinux = OperatingSystem.IsLinux();

    public NativeAddressTests() => Assert.SkipUnless(_isLinux, "These are Linux's layouts.");

    [Theory]
    [InlineData("127.0.0.1", 80)]
    [InlineData("192.0.2.255", 65535)]
    [InlineData("::1", 443)]
    [InlineData("2001:db8::1234:5678", 1)]
    [InlineData("fe80::1%7", 8080)]
    [InlineData("::ffff:192.0.2.1", 9)]
    public void Parse_IPAddress_IsTheEndPoint(string address, int port)
    {
        var expected = new IPEndPoint(IPAddress.Parse(address), port);
        SocketAddress native = expected.Serialize();
        Assert.Equal(expected, NativeAddress.Parse(native.Buffer.Span[..native.Size]));
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("/a/path/that/is/longer/than/an/ipv6/address")]
    [InlineData("\0abstract")]
    public void Parse_UnixPath_IsTheEndPoint(string path)
    {
        var expected = new UnixDomainSocketEndPoint(path);
        SocketAddress native = expected.Serialize();
        EndPoint? parsed = NativeAddress.Parse(native.Buffer.Span[..native.Size]);
        Assert.Equal(expected.ToString(), parsed!.ToString());
        Assert.Equal(native, parsed.Serialize());
    }

    [Fact]
    public void Parse_UnixSocketWithoutName_IsUnnamed()
    {
        EndPoint? parsed = NativeAddress.Parse([1, 0]);
        Assert.IsType<UnixDomainSocketEndPoint>(parsed);
        Assert.Equal(string.Empty, parsed.ToString());
    }

    [Fact]
    public void Parse_NothingOrUnknown_IsNull()
    {
        Assert.Null(NativeAddress.Parse([]));
        Assert.Null(NativeAddress.Parse([1]));
        Assert.Null(NativeAddress.Parse([17, 0, 0, 0]));
        Assert.Null(default(NativeAddress).ToEndPoint());
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

public sealed class SendFileMisuseTests
{
    [Theory]
    [MemberData(nameof(DescriptorTests.Backends), MemberType = typeof(DescriptorTests))]
    public void SendFile_DatagramSocket_IsRefused(PollerBackend backend)
    {
        using var harness = new PollerHarness(Poller.Create(backend));
        string path = Path.GetTempFileName();
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.DeleteOnClose);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(peer.LocalEndPoint!);
        PollSocket attached = harness.Poller.Attach(socket);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => attached.SendFile(file, 0, 1, new SendRecorder()));
        Assert.Contains("datagram socket", error.Message, StringComparison.Ordinal);
    }
}

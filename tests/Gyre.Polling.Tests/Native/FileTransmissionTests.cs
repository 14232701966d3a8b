using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

public class FileTransmissionTests
{
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 10_000).Select(static i => (byte)(i ^ (i >> 8)))];

    [Fact]
    public void TrySend_PieceOfAFile_PeerGetsIt()
    {
        Assert.SkipUnless(FileTransmission.IsSupported, "This system has no such call.");
        (Socket socket, Socket peer) = Connect();
        using (socket)
        using (peer)
        using (SafeFileHandle file = OpenFile())
        {
            Assert.Equal(2000, FileTransmission.TrySend(socket.SafeHandle, file, 1000, 2000, out SocketError error));
            Assert.Equal(SocketError.Success, error);
            socket.Shutdown(SocketShutdown.Send);
            Assert.Equal(s_data[1000..3000], ReadAll(peer));
        }
    }

    [Fact]
    public void TrySend_MoreThanTheFileHas_SendsTheRestThenNothing()
    {
        Assert.SkipUnless(FileTransmission.IsSupported, "This system has no such call.");
        (Socket socket, Socket peer) = Connect();
        using (socket)
        using (peer)
        using (SafeFileHandle file = OpenFile())
        {
            Assert.Equal(1000, FileTransmission.TrySend(socket.SafeHandle, file, 9000, long.MaxValue, out _));
            Assert.Equal(0, FileTransmission.TrySend(socket.SafeHandle, file, 10_000, 1, out SocketError error));
            Assert.Equal(SocketError.Success, error);
        }
    }

    [Fact]
    public void TrySend_SocketIsFull_WouldBlock()
    {
        Assert.SkipUnless(FileTransmission.IsSupported, "This system has no such call.");
        (Socket socket, Socket peer) = Connect();
        using (socket)
        using (peer)
        using (SafeFileHandle file = OpenFile())
        {
            SocketError error;
            int count;
            do
            {
                count = FileTransmission.TrySend(socket.SafeHandle, file, 0, 10_000, out error);
            }
            while (count > 0);
            Assert.Equal(SocketError.WouldBlock, error);
        }
    }

    [Fact]
    public void TrySend_NotAFile_NotSupported()
    {
        Assert.SkipUnless(FileTransmission.IsSupported, "This system has no such call.");
        (Socket socket, Socket peer) = Connect();
        using (socket)
        using (peer)
        using (var pipe = new AnonymousPipeServerStream(PipeDirection.In))
        using (var notAFile = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false))
        {
            Assert.Equal(0, FileTransmission.TrySend(socket.SafeHandle, notAFile, 0, 1, out SocketError error));
            Assert.Equal(SocketError.OperationNotSupported, error);
        }
    }

    [Fact]
    public void TrySend_NegativeOffsetOrNoCount_Throws()
    {
        (Socket socket, Socket peer) = Connect();
        using (socket)
        using (peer)
        using (SafeFileHandle file = OpenFile())
        {
            Assert.Throws<ArgumentOutOfRangeException>(
                () => FileTransmission.TrySend(socket.SafeHandle, file, -1, 1, out _));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => FileTransmission.TrySend(socket.SafeHandle, file, 0, 0, out _));
        }
    }

    private static (Socket Socket, Socket Peer) Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndPoint!);
        socket.Blocking = false;
        return (socket, listener.Accept());
    }

    private static SafeFileHandle OpenFile()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, s_data);
        return File.OpenHandle(path, options: FileOptions.DeleteOnClose);
    }

    private static byte[] ReadAll(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

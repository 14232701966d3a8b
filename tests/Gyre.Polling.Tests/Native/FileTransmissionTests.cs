using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gyre.Polling.Tests;

public sealed class FileTransmissionTests : IDisposable
{
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 10_000).Select(static i => (byte)(i ^ (i >> 8)))];

    private readonly Socket _socket;
    private readonly Socket _peer;
    private readonly SafeFileHandle _file;

    public FileTransmissionTests()
    {
        Assert.SkipUnless(FileTransmission.IsSupported, "This system has no such call.");
        (_socket, _peer) = Connect();
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, s_data);
        _file = File.OpenHandle(path, options: FileOptions.DeleteOnClose);
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _peer?.Dispose();
        _file?.Dispose();
    }

    [Fact]
    public void TrySend_PieceOfAFile_PeerGetsIt()
    {
        Assert.Equal(2000, FileTransmission.TrySend(_socket.SafeHandle, _file, 1000, 2000, out SocketError error));
        Assert.Equal(SocketError.Success, error);
        _socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(s_data[1000..3000], ReadAll(_peer));
    }

    [Fact]
    public void TrySend_MoreThanTheFileHas_SendsTheRestThenNothing()
    {
        Assert.Equal(1000, FileTransmission.TrySend(_socket.SafeHandle, _file, 9000, long.MaxValue, out _));
        Assert.Equal(0, FileTransmission.TrySend(_socket.SafeHandle, _file, 10_000, 1, out SocketError error));
        Assert.Equal(SocketError.Success, error);
    }

    [Fact]
    public void TrySend_SocketIsFull_WouldBlock()
    {
        SocketError error;
        int count;
        do
        {
            count = FileTransmission.TrySend(_socket.SafeHandle, _file, 0, 10_000, out error);
        }
        while (count > 0);
        Assert.Equal(SocketError.WouldBlock, error);
    }

    [Fact]
    public void TrySend_NotAFile_NotSupported()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        using var notAFile = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        Assert.Equal(0, FileTransmission.TrySend(_socket.SafeHandle, notAFile, 0, 1, out SocketError error));
        Assert.Equal(SocketError.OperationNotSupported, error);
    }

    [Fact]
    public void TrySend_NegativeOffsetOrNoCount_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => FileTransmission.TrySend(_socket.SafeHandle, _file, -1, 1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => FileTransmission.TrySend(_socket.SafeHandle, _file, 0, 0, out _));
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

    private static byte[] ReadAll(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

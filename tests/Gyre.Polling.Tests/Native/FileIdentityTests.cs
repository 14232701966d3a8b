using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Gyre.Polling.Tests.Native;

public class FileIdentityTests
{
    [Fact]
    public void Find_OneFileAndAnother_TellsThemApart()
    {
        Assert.SkipUnless(FileIdentity.IsSupported, "This system cannot tell.");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("gyre");
        try
        {
            string first = Path.Combine(directory.FullName, "first");
            string second = Path.Combine(directory.FullName, "second ä");
            Assert.Null(FileIdentity.Find(first));
            Assert.Null(FileIdentity.Find(Path.Combine(first, "deeper")));
            File.WriteAllText(first, "");
            Assert.Null(FileIdentity.Find(Path.Combine(first, "deeper")));
            File.WriteAllText(second, "");
            File.CreateSymbolicLink(first + "-link", first);
            Assert.Equal(FileIdentity.Find(first), FileIdentity.Find(first + "-link"));
            Assert.NotEqual(FileIdentity.Find(first), FileIdentity.Find(second));
            Assert.False(FileIdentity.Find(first)!.Value.IsSocket);
            Assert.False(FileIdentity.Find(directory.FullName)!.Value.IsSocket);
            File.Move(first, first + "-moved");
            Assert.NotNull(FileIdentity.Find(first + "-moved"));

            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            string path = Path.Combine(directory.FullName, "socket");
            socket.Bind(new UnixDomainSocketEndPoint(path));
            Assert.True(FileIdentity.Find(path)!.Value.IsSocket);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The size of the kernel's structure; it fills in that much.</summary>
    [Fact]
    public void KernelFileStatus_HasTheKernelsSize() => Assert.Equal(256, Unsafe.SizeOf<KernelFileStatus>());
}

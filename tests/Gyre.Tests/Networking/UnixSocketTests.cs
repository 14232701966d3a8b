using System.Net.Sockets;
using System.Security.Cryptography;
using Gyre.Polling;
using Gyre.Tests.Networking.Tls;

namespace Gyre.Tests.Networking;

public class UnixSocketTests : NetworkTest
{
    /// <summary>test_events.py: EventLoopTestsMixin.test_create_unix_server,
    /// EventLoopTestsMixin.test_create_unix_connection.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateUnixServer_Path_ServesAndRemovesItsFile(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        string path = directory["socket"];
        var accepted = new RecordingProtocol { OnData = (self, data) => self.Transport.Write(data) };
        Server server = await EventLoop.Running.CreateUnixServer(() => accepted, path);
        Assert.True(File.Exists(path));
        Assert.Equal(path, server.EndPoints[0].ToString());
        (Transport transport, RecordingProtocol client) = await EventLoop.Running.CreateUnixConnection(
            () => new RecordingProtocol(), path);
        Assert.Equal(path, transport.RemoteEndPoint!.ToString());
        transport.Write("hello"u8);
        await Until(() => client.Received.Length == 5);
        Assert.Equal(path, accepted.Transport.LocalEndPoint!.ToString());
        Assert.Equal(1, server.ClientCount);
        transport.Close();
        await server.DisposeAsync();
        Assert.False(File.Exists(path));
        Assert.Equal(["made", "data", "eof", "lost"], accepted.Calls);
    });

    /// <summary>test_unix_events.py: SelectorEventLoopUnixSocketTests.test_create_unix_server_path_inline_abstract.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateUnixServer_AbstractName_ServesWithoutAFile(PollerBackend backend)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has abstract names.");
        Run(backend, async () =>
        {
            string name = $"\0gyre {Guid.NewGuid()}";
            Server server = await Aio.StartUnixServer(Upper, name);
            await using (Connection connection = await Aio.OpenUnixConnection(name))
            {
                connection.Writer.WriteText("hello\n");
                Assert.Equal("HELLO", await connection.Reader.ReadTextLineAsync());
            }

            // The name is in use until the server is closed, and no longer.
            SocketException error = await Assert.ThrowsAsync<SocketException>(
                () => Aio.StartUnixServer(Upper, name).AsTask());
            Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
            await server.DisposeAsync();
            await (await Aio.StartUnixServer(Upper, name)).DisposeAsync();
        });
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void OpenUnixConnection_HalfClosed_GoesOnTheOtherWay(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        byte[] sent = RandomNumberGenerator.GetBytes(3_000_000);
        Server server = await Aio.StartUnixServer(
            async (reader, writer) =>
            {
                byte[] all = await reader.ReadToEndAsync();
                writer.Write(SHA256.HashData(all));
                writer.Write(all);
                await writer.DrainAsync();
                writer.Close();
            },
            directory["socket"]);
        await using (Connection connection = await Aio.OpenUnixConnection(directory["socket"]))
        {
            connection.Writer.Write(sent);
            connection.Writer.WriteEof();
            byte[] back = await connection.Reader.ReadToEndAsync();
            Assert.Equal(SHA256.HashData(sent), back[..32]);
            Assert.Equal(sent.Length + 32, back.Length);
        }

        await server.DisposeAsync();
    });

    /// <summary>test_events.py: EventLoopTestsMixin.test_create_unix_server_ssl_verified.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateUnixServer_Tls_Serves(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        Server server = await Aio.StartUnixServer(
            Upper, directory["socket"], new StreamServerOptions { Tls = TestCertificates.ServerOptions });
        await using (Connection connection = await Aio.OpenUnixConnection(
            directory["socket"], new StreamConnectionOptions { Tls = TestCertificates.ClientOptions }))
        {
            connection.Writer.WriteText("hello\n");
            Assert.Equal("HELLO", await connection.Reader.ReadTextLineAsync());
            Assert.NotNull(connection.Transport.Tls);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => Aio.OpenUnixConnection(
            directory["socket"], new StreamConnectionOptions { Tls = new() }).AsTask());
        await server.DisposeAsync();
    });

    /// <summary>test_unix_events.py: SelectorEventLoopUnixSocketTests.test_create_unix_server_existing_path_sock.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateUnixServer_StaleSocket_TakesItsPlace(PollerBackend backend)
    {
        Assert.SkipUnless(FileIdentity.IsSupported, "Here a stale socket is not told from other files.");
        Run(backend, async () =>
        {
            using var directory = new TemporaryDirectory();
            string path = directory["socket"];
            Server left = await Aio.StartUnixServer(Upper, path, new StreamServerOptions { CleanUpSocket = false });
            await left.DisposeAsync();
            Assert.True(File.Exists(path));
            await Assert.ThrowsAsync<SocketException>(() => Aio.OpenUnixConnection(path).AsTask());
            Server server = await Aio.StartUnixServer(Upper, path);
            await (await Aio.OpenUnixConnection(path)).DisposeAsync();
            await server.DisposeAsync();
        });
    }

    /// <summary>test_unix_events.py: SelectorEventLoopUnixSocketTests.test_create_unix_server_existing_path_nonsock.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateUnixServer_AnotherFile_IsLeftAlone(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        string path = directory["precious"];
        await File.WriteAllTextAsync(path, "data");
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => Aio.StartUnixServer(Upper, path).AsTask());
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal("data", await File.ReadAllTextAsync(path));
    });

    /// <summary>test_server.py: UnixServerCleanupTests.test_unix_server_cleanup_gone.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_FileGone_DoesNothing(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        Server server = await Aio.StartUnixServer(Upper, directory["socket"]);
        File.Delete(directory["socket"]);
        await server.DisposeAsync();
    });

    /// <summary>Guarantee G-120. test_server.py: UnixServerCleanupTests.test_unix_server_cleanup_replaced.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void Close_AnotherServerHasThePath_LeavesItsFile(PollerBackend backend)
    {
        Assert.SkipUnless(FileIdentity.IsSupported, "Here two files are not told apart.");
        Run(backend, async () =>
        {
            using var directory = new TemporaryDirectory();
            string path = directory["socket"];
            Server first = await Aio.StartUnixServer(Upper, path);
            Server second = await Aio.StartUnixServer(Upper, path);
            await first.DisposeAsync();
            await using (Connection connection = await Aio.OpenUnixConnection(path))
            {
                connection.Writer.WriteText("hello\n");
                Assert.Equal("HELLO", await connection.Reader.ReadTextLineAsync());
            }

            await second.DisposeAsync();
            Assert.False(File.Exists(path));
        });
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateUnixServer_Mode_IsThatOfTheFile(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Server server = await Aio.StartUnixServer(
            Upper, directory["socket"], new StreamServerOptions { SocketMode = Mode });
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Mode, File.GetUnixFileMode(directory["socket"]));
        }

        await server.DisposeAsync();
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void CreateUnixServer_UnsuitablePath_SaysSo(PollerBackend backend) => Run(backend, async () =>
    {
        using var directory = new TemporaryDirectory();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Aio.StartUnixServer(Upper, "").AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Aio.StartUnixServer(Upper, directory[new string('x', 200)]).AsTask());
        await Assert.ThrowsAsync<SocketException>(
            () => Aio.StartUnixServer(Upper, directory[Path.Combine("missing", "socket")]).AsTask());
        await Assert.ThrowsAsync<SocketException>(() => Aio.OpenUnixConnection(directory["nobody"]).AsTask());
    });

    private static async Coroutine Upper(LoopStreamReader reader, LoopStreamWriter writer)
    {
        await foreach (string line in reader.ReadTextLines())
        {
            writer.WriteText(line.ToUpperInvariant() + "\n");
        }

        writer.Close();
    }
}

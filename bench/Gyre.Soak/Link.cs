using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gyre.Soak;

/// <summary>Two ends of this program that are connected through the system.</summary>
internal sealed class Link : IAsyncDisposable
{
    private const int SendBuffer = 4096;

    private readonly Server? _server;
    private readonly AnonymousPipeServerStream[] _pipes;

    private Link(LinkEnd client, LinkEnd accepted, Server? server, params AnonymousPipeServerStream[] pipes)
    {
        _server = server;
        _pipes = pipes;
        Client = client;
        Accepted = accepted;
    }

    /// <summary>What a link can be made of.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["tcp", "tls", "unix", "pipe"];

    public LinkEnd Client { get; }

    public LinkEnd Accepted { get; }

    /// <summary>Opens a link whose ends have a send buffer of 4 KiB in the system.</summary>
    public static Coroutine<Link> OpenAsync(string kind) => kind == "pipe" ? OverPipesAsync() : OverSocketsAsync(kind);

    public async ValueTask DisposeAsync()
    {
        foreach (AnonymousPipeServerStream pipe in _pipes)
        {
            await pipe.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private static async Coroutine<Link> OverSocketsAsync(string kind)
    {
        Future<LinkEnd> accepted = EventLoop.Running.CreateFuture<LinkEnd>();
        (Server server, Connection connection) = kind switch
        {
            "tls" => await OverTls(OnClient),
            "unix" => await OverUnix(OnClient),
            _ => await OverTcp(OnClient, null, null),
        };
        var link = new Link(new LinkEnd(connection.Reader, connection.Writer), await accepted, server);
        foreach (LinkEnd end in (LinkEnd[])[link.Client, link.Accepted])
        {
            end.Writer.Transport.Socket!.SetSocketOption(
                SocketOptionLevel.Socket, SocketOptionName.SendBuffer, SendBuffer);
        }

        return link;

        async Coroutine OnClient(LoopStreamReader reader, LoopStreamWriter writer) =>
            accepted.SetResult(new LinkEnd(reader, writer));
    }

    /// <summary>Two pipes, one each way.</summary>
    private static async Coroutine<Link> OverPipesAsync()
    {
        // The transports close the handles; the objects that made them must live as long.
        var there = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None, SendBuffer);
        var back = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None, SendBuffer);
        var client = new LinkEnd(
            await Aio.OpenPipeReader(back.SafePipeHandle), await Aio.OpenPipeWriter(there.ClientSafePipeHandle));
        var accepted = new LinkEnd(
            await Aio.OpenPipeReader(there.SafePipeHandle), await Aio.OpenPipeWriter(back.ClientSafePipeHandle));
        return new Link(client, accepted, null, there, back);
    }

    private static async Coroutine<(Server Server, Connection Connection)> OverTcp(
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient,
        SslServerAuthenticationOptions? ofServer,
        SslClientAuthenticationOptions? ofClient)
    {
        Server server = await Aio.StartServer(onClient, "127.0.0.1", 0, new StreamServerOptions { Tls = ofServer });
        var options = new StreamConnectionOptions { Tls = ofClient };
        return (server, await Aio.OpenConnection(server.EndPoints[0], options));
    }

    private static Coroutine<(Server Server, Connection Connection)> OverTls(
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return OverTcp(
            onClient,
            new SslServerAuthenticationOptions { ServerCertificate = certificate },
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { certificate },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            });
    }

    private static async Coroutine<(Server Server, Connection Connection)> OverUnix(
        Func<LoopStreamReader, LoopStreamWriter, Coroutine> onClient)
    {
        // The file is removed with the server.
        string path = Path.Combine(Path.GetTempPath(), $"gyre-soak-{Environment.ProcessId}");
        Server server = await Aio.StartUnixServer(onClient, path);
        return (server, await Aio.OpenUnixConnection(path));
    }
}

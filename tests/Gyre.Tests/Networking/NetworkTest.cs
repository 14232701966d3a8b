using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>Tests that use sockets: each runs on each backend that the machine has.</summary>
public abstract class NetworkTest
{
    /// <summary>Much longer than any test takes. It ends a test that hangs, and decides nothing else.</summary>
    private static readonly TimeSpan s_hangLimit = TimeSpan.FromMinutes(3);

    private readonly List<Socket> _closedPorts = [];

    public static TheoryData<PollerBackend> Backends { get; } =
    [
        .. Enum.GetValues<PollerBackend>()
            .Where(backend => backend != PollerBackend.Auto && Poller.IsSupported(backend)),
    ];

    /// <summary>What went to the loop's exception handler.</summary>
    protected List<ExceptionContext> Reports { get; } = [];

    /// <summary>Runs a test's body on a new loop. Reports that the body has not cleared fail the test.</summary>
    protected void Run(PollerBackend backend, Func<Coroutine> body)
    {
        RunWith(new EventLoopOptions { Backend = backend, Debug = true }, body);
        Assert.Empty(Reports.Select(report => report.ToString()));
    }

    /// <summary>Runs a test's body on a loop with these options. What is reported is the test's affair.</summary>
    protected void RunWith(EventLoopOptions options, Func<Coroutine> body) => Aio.Run(
        async () =>
        {
            EventLoop loop = EventLoop.Running;
            loop.ExceptionHandler = (_, context) => Reports.Add(context);

            // On a machine with other work to do, a slow callback is no news.
            loop.SlowCallbackDuration = s_hangLimit;
            await Aio.WaitFor(body(), s_hangLimit);
        },
        options);

    protected static int PortOf(Server server) => ((IPEndPoint)server.EndPoints[0]).Port;

    /// <summary>A port of this machine that nobody listens on, on any address, as long as the test runs.</summary>
    protected int ClosedPort()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        _closedPorts.Add(socket);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Has the running loop resolve names with a function. Before its first lookup.</summary>
    protected static void UseResolver(Func<string, AddressFamily, IPAddress[]> lookup) =>
        EventLoop.Running.Attachment(_ => new HostResolver(lookup));

    /// <summary>Lets the loop go on until something holds.</summary>
    protected static async Coroutine Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Aio.Sleep(1.Milliseconds());
        }
    }
}

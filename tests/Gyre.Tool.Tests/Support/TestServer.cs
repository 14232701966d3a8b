using System.Net;
using System.Net.Sockets;

namespace Gyre.Tool.Tests;

/// <summary>A server on 127.0.0.1, on a loop and a thread of its own. What it does is up to the test.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly Thread _thread;
    private readonly TaskCompletionSource<IPEndPoint> _started = new();
    private readonly Func<LoopStreamReader, LoopStreamWriter, Coroutine> _serve;
    private EventLoop? _loop;
    private Future<bool>? _stopped;
    private int _connections;

    private TestServer(Func<LoopStreamReader, LoopStreamWriter, Coroutine> serve)
    {
        _serve = serve;
        _thread = new Thread(() =>
        {
            try
            {
                Aio.Run(ServeAsync);
            }
            catch (Exception e)
            {
                _started.TrySetException(e);
            }
        });
        _thread.Start();
    }

    /// <summary>How many connections were accepted. Any thread.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Runs on the server's loop for each request. When it returns, the next request of the
    /// connection is read.</param>
    public static TestServer Start(Func<TestRequest, Coroutine> answer) => new(async (reader, writer) =>
    {
        while (!writer.IsClosing && await TestRequest.ReadAsync(reader, writer) is { } request)
        {
            await answer(request);
        }
    });

    /// <summary>A server of another protocol: it speaks first.</summary>
    public static TestServer StartGreeting(string greeting) => new(async (reader, writer) =>
    {
        writer.WriteText(greeting);
        await reader.ReadToEndAsync();
    });

    /// <summary>A server that answers each request with the same bytes, and closes the connection.</summary>
    public static TestServer StartRaw(string answer) => Start(async request =>
    {
        request.Writer.WriteText(answer);
        await request.Writer.DrainAsync();
        request.Writer.Close();
    });

    /// <summary>A server for a site of the given pages.</summary>
    public static TestServer StartSite(Func<string, byte[]?> page) => Start(async request =>
    {
        byte[]? body = page(request.Path);
        await (body is null ? request.AnswerAsync("404 Not Found") : request.AnswerAsync("200 OK", body));
    });

    public Uri Url(string path = "/") => new($"http://{_started.Task.GetAwaiter().GetResult()}{path}");

    /// <summary>Resets the connections and ends the thread.</summary>
    public void Dispose()
    {
        _started.Task.GetAwaiter().GetResult();
        _loop!.CallSoonThreadSafe(() => _stopped!.TrySetResult(true));
        _thread.Join();
    }

    private async Coroutine ServeAsync()
    {
        _loop = EventLoop.Running;
        _stopped = _loop.CreateFuture<bool>();
        Server server = await Aio.StartServer(ServeClientAsync, "127.0.0.1", 0);
        _started.SetResult((IPEndPoint)server.EndPoints[0]);
        try
        {
            await _stopped;
        }
        finally
        {
            server.Close();
            server.AbortClients();
        }
    }

    private async Coroutine ServeClientAsync(LoopStreamReader reader, LoopStreamWriter writer)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await _serve(reader, writer);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // The tool has closed the connection, which some tests want to see.
        }
        finally
        {
            writer.Close();
        }
    }
}

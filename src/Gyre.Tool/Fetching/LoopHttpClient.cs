using System.Net;

namespace Gyre.Tool;

/// <summary>An <see cref="HttpClient"/> whose connections are those of a loop.</summary>
internal sealed class LoopHttpClient : IDisposable
{
    private const int RedirectsMax = 20;
    private const int HeaderKibibytesMax = 64;

    private readonly HttpClient _client;

    /// <summary>Makes a client.</summary>
    /// <param name="connector">Opens the connections.</param>
    /// <param name="useProxy">Whether the proxies that the environment names are used.</param>
    public LoopHttpClient(LoopConnector connector, bool useProxy)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = connector.ConnectAsync,
            AutomaticDecompression = DecompressionMethods.All,
            MaxAutomaticRedirections = RedirectsMax,
            MaxResponseHeadersLength = HeaderKibibytesMax,
            UseCookies = false,
            UseProxy = useProxy,
            ActivityHeadersPropagator = null,

            // What is left of a body that is not wanted is not read to its end: it may have none.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd($"gyre/{GyreCommand.Version}");
        _client.DefaultRequestHeaders.Accept.ParseAdd("*/*");
    }

    /// <summary>Sends a request, and returns when the header of the answer is here.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public void Dispose() => _client.Dispose();
}

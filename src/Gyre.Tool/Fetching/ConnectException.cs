namespace Gyre.Tool;

/// <summary>A connection could not be made. After redirects only this tells to whom.</summary>
internal sealed class ConnectException(string host, int port, Exception inner) : IOException(inner.Message, inner)
{
    public string Host { get; } = host;

    public int Port { get; } = port;
}

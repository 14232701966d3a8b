using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>A reader and a writer of one connection: what <c>Aio.OpenConnection</c> returns.</summary>
/// <remarks>Loop thread only. Take it apart, <c>var (reader, writer) = await …</c>, or use it with <c>await
/// using</c>.</remarks>
public sealed class Connection : IAsyncDisposable
{
    internal Connection(LoopStreamReader reader, LoopStreamWriter writer)
    {
        Reader = reader;
        Writer = writer;
    }

    /// <summary>The input.</summary>
    public LoopStreamReader Reader { get; }

    /// <summary>The output.</summary>
    public LoopStreamWriter Writer { get; }

    /// <summary>The transport below.</summary>
    public Transport Transport => Writer.Transport;

    /// <summary>The address of this end, or null when it is not known.</summary>
    public EndPoint? LocalEndPoint => Transport.LocalEndPoint;

    /// <summary>The address of the other end, or null when it is not known.</summary>
    public EndPoint? RemoteEndPoint => Transport.RemoteEndPoint;

    /// <summary>Takes the connection apart.</summary>
    public void Deconstruct(out LoopStreamReader reader, out LoopStreamWriter writer)
    {
        reader = Reader;
        writer = Writer;
    }

    /// <summary>The connection as a BCL stream that any thread may use.</summary>
    /// <remarks>Disposing of the stream closes the connection. Leave reader and writer alone while the stream is
    /// in use.</remarks>
    public ConnectionStream AsStream() => new(Reader, Writer);

    /// <summary>The connection as a pipe that any thread may use.</summary>
    /// <remarks>Disposing of the pipe, or completing both its ends, closes the connection. Leave reader and writer
    /// alone while the pipe is in use.</remarks>
    public ConnectionPipe AsPipe() => new(Reader, Writer);

    /// <inheritdoc cref="LoopStreamWriter.Close"/>
    public void Close() => Writer.Close();

    /// <summary>Closes the connection and waits until what was written is with the system, or the connection is
    /// lost.</summary>
    /// <remarks>Does not throw for a connection that broke: whoever has to know awaits
    /// <see cref="LoopStreamWriter.WaitClosedAsync"/>.
    /// On cancel: it is closed all the same.</remarks>
    public async Coroutine DisposeAsync()
    {
        Close();
        try
        {
            await Writer.WaitClosedAsync();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Disposing must not hide the error that the block which uses the connection is leaving with.
        }
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync().AsTask());
}

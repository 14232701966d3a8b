using System.Net.Sockets;

namespace Gyre.Polling.Tests;

/// <summary>Notes the outcome of a connect.</summary>
internal sealed class ConnectRecorder : IConnectSink
{
    public int Calls { get; private set; }

    public bool IsDone => Calls > 0;

    public SocketError Error { get; private set; }

    public void OnConnected(SocketError error)
    {
        Calls++;
        Error = error;
    }
}

/// <summary>Keeps the connections that were accepted.</summary>
internal sealed class AcceptRecorder : IAcceptSink
{
    public List<PollSocket> Connections { get; } = [];

    public List<SocketError> Failures { get; } = [];

    public Action<PollSocket>? Accepted { get; set; }

    public void OnAccepted(PollSocket connection)
    {
        Connections.Add(connection);
        Accepted?.Invoke(connection);
    }

    public void OnAcceptFailed(SocketError error) => Failures.Add(error);
}

/// <summary>Keeps what was received.</summary>
internal class ReceiveRecorder : IReceiveSink
{
    private readonly MemoryStream _bytes = new();

    public byte[] Bytes => _bytes.ToArray();

    public long Count => _bytes.Length;

    /// <summary>How many pieces the bytes came in.</summary>
    public int Pieces { get; private set; }

    public int Ends { get; private set; }

    public List<SocketError> Failures { get; } = [];

    public bool IsOver => Ends > 0 || Failures.Count > 0;

    /// <summary>Called with the number of new bytes, after they were kept.</summary>
    public Action<int>? Received { get; set; }

    public Action? Ended { get; set; }

    public virtual void OnReceived(ReadOnlySpan<byte> data)
    {
        Assert.False(data.IsEmpty, "A piece of input has one byte at least.");
        Keep(data);
    }

    public void OnEndOfInput()
    {
        Ends++;
        Ended?.Invoke();
    }

    public void OnReceiveFailed(SocketError error) => Failures.Add(error);

    protected void Keep(ReadOnlySpan<byte> data)
    {
        Pieces++;
        _bytes.Write(data);
        Received?.Invoke(data.Length);
    }
}

/// <summary>Receives into buffers of its own.</summary>
internal sealed class BufferedReceiveRecorder(int size) : ReceiveRecorder, IBufferedReceiveSink
{
    private readonly byte[] _buffer = new byte[size];

    public int Requests { get; private set; }

    public Func<Memory<byte>>? Request { get; set; }

    public Memory<byte> GetReceiveBuffer(int sizeHint)
    {
        Requests++;
        return Request is null ? _buffer : Request();
    }

    public void OnReceived(int count)
    {
        Assert.InRange(count, 1, _buffer.Length);
        Keep(_buffer.AsSpan(0, count));
    }

    public override void OnReceived(ReadOnlySpan<byte> data) => Assert.Fail("A buffered sink gets a count.");
}

/// <summary>Notes the outcome of a send.</summary>
internal sealed class SendRecorder : ISendSink
{
    public int Calls { get; private set; }

    public int Count { get; private set; }

    public SocketError Error { get; private set; }

    public Action? Sent { get; set; }

    public void OnSent(int count, SocketError error)
    {
        Calls++;
        Count = count;
        Error = error;
        Assert.True(count > 0 == (error == SocketError.Success), "Either bytes went out or there is an error.");
        Sent?.Invoke();
    }
}

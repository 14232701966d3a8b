using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

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
        Expect.False(data.IsEmpty, "A piece of input has one byte at least.");
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

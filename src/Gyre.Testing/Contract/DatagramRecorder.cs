using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Keeps the datagrams that were received.</summary>
internal sealed class DatagramRecorder : IDatagramSink
{
    public List<(byte[] Data, EndPoint From)> Datagrams { get; } = [];

    public int Count => Datagrams.Count;

    /// <summary>Datagrams that were lost.</summary>
    public List<SocketError> Losses { get; } = [];

    /// <summary>What ended receiving.</summary>
    public List<SocketError> Failures { get; } = [];

    /// <summary>Called after the datagram was kept.</summary>
    public Action? Received { get; set; }

    public void OnDatagram(ReadOnlySpan<byte> data, EndPoint from)
    {
        Datagrams.Add((data.ToArray(), from));
        Received?.Invoke();
    }

    public void OnDatagramFailed(SocketError error) => Losses.Add(error);

    public void OnReceiveFailed(SocketError error) => Failures.Add(error);
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gyre.Tests.Networking;

/// <summary>Notes the calls of its datagram transport, in their order.</summary>
public sealed class RecordingDatagrams : DatagramProtocol
{
    /// <summary>Names of the calls.</summary>
    public List<string> Calls { get; } = [];

    public DatagramTransport Transport { get; private set; } = null!;

    public List<(byte[] Data, EndPoint From)> Received { get; } = [];

    public List<SocketError> Errors { get; } = [];

    public IEnumerable<string> Texts => Received.Select(datagram => Encoding.ASCII.GetString(datagram.Data));

    public Exception? Error { get; private set; }

    public bool IsLost { get; private set; }

    public Action<RecordingDatagrams, byte[], EndPoint>? OnDatagram { get; init; }

    public Action<RecordingDatagrams>? OnError { get; init; }

    public Action<RecordingDatagrams>? OnMade { get; init; }

    public Action<RecordingDatagrams>? OnPause { get; init; }

    public override void ConnectionMade(DatagramTransport transport)
    {
        Transport = transport;
        Calls.Add("made");
        OnMade?.Invoke(this);
    }

    public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint from)
    {
        byte[] copy = data.ToArray();
        Calls.Add("datagram");
        Received.Add((copy, from));
        OnDatagram?.Invoke(this, copy, from);
    }

    public override void ErrorReceived(SocketException error)
    {
        Calls.Add("error");
        Errors.Add(error.SocketErrorCode);
        OnError?.Invoke(this);
    }

    public override void ConnectionLost(Exception? error)
    {
        Calls.Add("lost");
        Error = error;
        IsLost = true;
    }

    public override void PauseWriting()
    {
        Calls.Add("pause");
        OnPause?.Invoke(this);
    }

    public override void ResumeWriting() => Calls.Add("resume");
}

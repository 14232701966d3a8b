namespace Gyre.Tests.Networking;

/// <summary>Notes the calls of its transport, in their order.</summary>
public sealed class RecordingProtocol : Protocol
{
    private readonly List<byte> _received = [];

    /// <summary>Names of the calls. Runs of <c>data</c> are one entry: how bytes are cut is nobody's promise.</summary>
    public List<string> Calls { get; } = [];

    public Transport Transport { get; private set; } = null!;

    public byte[] Received => [.. _received];

    public Exception? Error { get; private set; }

    public bool IsMade => Transport is not null;

    public bool IsLost { get; private set; }

    public bool KeepOpen { get; init; }

    public Action<RecordingProtocol>? OnMade { get; init; }

    public Action<RecordingProtocol, byte[]>? OnData { get; init; }

    public Action<RecordingProtocol>? OnEof { get; init; }

    public Action<RecordingProtocol>? OnLost { get; init; }

    public Action<RecordingProtocol>? OnResume { get; init; }

    public override void ConnectionMade(Transport transport)
    {
        Transport = transport;
        Calls.Add("made");
        OnMade?.Invoke(this);
    }

    public override void DataReceived(ReadOnlySpan<byte> data)
    {
        if (Calls[^1] != "data")
        {
            Calls.Add("data");
        }

        _received.AddRange(data);
        OnData?.Invoke(this, data.ToArray());
    }

    public override bool EofReceived()
    {
        Calls.Add("eof");
        OnEof?.Invoke(this);
        return KeepOpen;
    }

    public override void ConnectionLost(Exception? error)
    {
        Calls.Add("lost");
        Error = error;
        IsLost = true;
        OnLost?.Invoke(this);
    }

    public override void PauseWriting() => Calls.Add("pause");

    public override void ResumeWriting()
    {
        Calls.Add("resume");
        OnResume?.Invoke(this);
    }
}

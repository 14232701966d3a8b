namespace Gyre.Polling;

/// <summary>Hears that a watched descriptor is ready. See <see cref="PollWatch"/>.</summary>
public interface IWatchSink
{
    /// <summary>There is something to read, or room to write; or the descriptor ended or failed, which the next
    /// read or write tells.</summary>
    /// <remarks>A hint: another reader may have been faster.</remarks>
    void OnReady();
}

using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>Counts the ends of a pipe's readers.</summary>
internal sealed class HangUpRecorder : IHangUpSink
{
    public int Calls { get; private set; }

    public void OnHungUp() => Calls++;
}

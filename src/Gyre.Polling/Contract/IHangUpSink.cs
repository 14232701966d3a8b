namespace Gyre.Polling;

/// <summary>Hears that nobody reads from a pipe any more.</summary>
public interface IHangUpSink
{
    /// <summary>The last reader has closed its end. Called once; what is written from here on fails.</summary>
    void OnHungUp();
}

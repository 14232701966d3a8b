namespace Gyre.Tool;

/// <summary>Calls something ten times a second, on the loop, until it is disposed of.</summary>
internal sealed class Ticker : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(0.1);

    private readonly EventLoop _loop;
    private readonly Action _callback;
    private TimerHandle _next;

    public Ticker(EventLoop loop, Action callback)
    {
        _loop = loop;
        _callback = callback;
        _next = loop.CallLater(s_period, Tick);
    }

    public void Dispose() => _next.Cancel();

    private void Tick()
    {
        _callback();
        _next = _loop.CallLater(s_period, Tick);
    }
}

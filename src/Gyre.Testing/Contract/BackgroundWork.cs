using System.Runtime.ExceptionServices;

namespace Gyre.Testing;

/// <summary>What a check does on another thread. Its error is that of <see cref="Join"/>, and never ends the
/// process.</summary>
internal sealed class BackgroundWork
{
    private readonly Thread _thread;
    private readonly TimeSpan _patience;
    private ExceptionDispatchInfo? _error;

    public BackgroundWork(Action action, TimeSpan patience)
    {
        _patience = patience;
        _thread = new Thread(() => Run(action)) { IsBackground = true };
        _thread.Start();
    }

    public void Join()
    {
        Expect.True(_thread.Join(_patience), "The peer's thread did not end: the bytes that it waits for do not move.");
        _error?.Throw();
    }

    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            _error = ExceptionDispatchInfo.Capture(error);
        }
    }
}

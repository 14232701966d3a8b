using System.Net.Security;
using System.Threading.Tasks.Sources;

namespace Gyre;

/// <summary>Runs the coroutine that chooses a server's options, and completes what <see cref="SslStream"/> waits
/// for on the loop's thread.</summary>
internal sealed class TlsSelection(TlsSetup setup) : WorkItem, IValueTaskSource<SslServerAuthenticationOptions>
{
    private ManualResetValueTaskSourceCore<SslServerAuthenticationOptions> _core;

    public ValueTask<SslServerAuthenticationOptions> RunAsync(SslClientHelloInfo hello, CancellationToken token)
    {
        LoopTask<SslServerAuthenticationOptions> task = EventLoop.Running.CreateTask(
            setup.Selection!(hello), name: "TLS options", cancellationToken: token);
        task.AddCallback(this);
        return new ValueTask<SslServerAuthenticationOptions>(this, _core.Version);
    }

    public SslServerAuthenticationOptions GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    internal override void Execute(object? first, object? second) => WithoutContext.Call(
        static outcome => outcome.Self.Complete(outcome.Task),
        (Self: this, Task: (LoopTask<SslServerAuthenticationOptions>)first!));

    /// <summary>Returns something only to suit <see cref="WithoutContext"/>.</summary>
    private bool Complete(LoopTask<SslServerAuthenticationOptions> task)
    {
        SslServerAuthenticationOptions options;
        try
        {
            options = task.Result ?? throw new InvalidOperationException(
                "The TLS selection returned null. Return options, or throw an exception to refuse the client.");
            options = TlsOptions.Prepared(options);
        }
        catch (Exception e)
        {
            _core.SetException(e);
            return false;
        }

        setup.Server = options;
        _core.SetResult(options);
        return true;
    }
}

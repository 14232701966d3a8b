namespace Gyre;

/// <summary>One loop of a group on a thread of its own, seen from the owner's loop.</summary>
// Made ──Start──▶ Running ──RequestStop, or an error of the loop──▶ Ending (its tasks are cancelled) ──▶ Ended
internal sealed class LoopMember
{
    private readonly Thread _thread;
    private readonly Action<LoopMember> _onEnded;
    private readonly EventLoop _owner;
    private volatile bool _stopRequested;

    /// <summary>Makes the loop. Its thread does not run yet.</summary>
    /// <param name="owner">The group's loop.</param>
    /// <param name="options">The group's.</param>
    /// <param name="number">From 1.</param>
    /// <param name="onEnded">Called on the owner's loop when the thread is about to end.</param>
    public LoopMember(EventLoop owner, LoopGroupOptions options, int number, Action<LoopMember> onEnded)
    {
        _owner = owner;
        _onEnded = onEnded;
        Loop = new EventLoop(options.Loop ?? new EventLoopOptions()) { ExceptionHandler = options.ExceptionHandler };
        _thread = new Thread(Body) { Name = $"{options.ThreadNamePrefix}{number}", IsBackground = true };
    }

    public EventLoop Loop { get; }

    /// <summary>What has ended the loop, if it was not asked to end. Known once it has ended.</summary>
    public Exception? Error { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Has the loop end its iteration and then its tasks. The owner's thread.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        Loop.TryPostThreadSafe(Callbacks.Action, (Action)Loop.Stop, null);
    }

    /// <summary>Waits for the thread, which has nothing left to do but to end.</summary>
    public void Join() => _thread.Join();

    /// <summary>For a loop whose thread was never started.</summary>
    public void Discard() => Loop.Close();

    private void Body()
    {
        try
        {
            RunAndShutDown();
        }
        catch (Exception e)
        {
            Error = e;
        }

        // The owner waits for its members before it ends, so it is there to hear of it.
        _owner.TryPostThreadSafe(Callbacks.Action, (Action)(() => _onEnded(this)), null);
    }

    private void RunAndShutDown()
    {
        // Its end cancels the tasks that are left, and waits for them, also after an error of the loop.
        using var runner = new Runner(() => Loop);
        runner.Loop.RunForever();
        if (!_stopRequested)
        {
            throw new InvalidOperationException(
                "A loop of a group was stopped by itself. The group stops its loops when its block ends.");
        }
    }
}

namespace Gyre;

/// <summary>Carries the outcome of a future over to a BCL task.</summary>
// Waits in the future's callbacks, and in the set of its loop's mirrors: whoever awaits the BCL task, on whatever
// thread, must
// hear of it too when the loop is closed and the future will never end.
internal abstract class FutureMirror(Future future) : WorkItem
{
    /// <summary>Links the two. Any thread.</summary>
    public void Begin()
    {
        EventLoop loop = future.Loop;
        if (loop.IsRunning && !loop.IsOnLoopThread)
        {
            if (!loop.TryPostThreadSafe(BeginItem.Instance, this, null))
            {
                throw Closed();
            }
        }
        else if (!loop.IsRunning && future.IsDone)
        {
            // A loop that does not run, or has ended, would keep the outcome to itself.
            Copy(future);
        }
        else if (loop.IsClosed)
        {
            throw Closed();
        }
        else
        {
            Link();
        }
    }

    internal sealed override void Execute(object? first, object? second)
    {
        FutureMirrorSet.Of(future.Loop).Remove(this);
        future.Loop.BclWaits--;
        future.Loop.OutcomeLeft = true;
        Copy(future);
    }

    internal sealed override void Abandon(object? first, object? second)
    {
        if (future.IsDone)
        {
            Copy(future);
        }
        else
        {
            Fail(Closed());
        }
    }

    private protected abstract void Copy(Future future);

    private protected abstract void Fail(Exception error);

    private void Link()
    {
        FutureMirrorSet.Of(future.Loop).Add(this);
        future.Loop.BclWaits++;
        future.AddCallback(this);
    }

    private InvalidOperationException Closed() =>
        new($"The loop was closed while {future.Describe()} was pending; it will not end any more.");

    private sealed class BeginItem : WorkItem
    {
        public static readonly BeginItem Instance = new();

        internal override void Execute(object? first, object? second) => ((FutureMirror)first!).Link();

        internal override void Abandon(object? first, object? second) => ((FutureMirror)first!).Abandon(null, null);
    }
}

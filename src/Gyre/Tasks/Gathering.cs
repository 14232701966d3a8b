using System.Runtime.CompilerServices;

namespace Gyre;

/// <summary>The futures behind <c>Aio.Gather</c>.</summary>
// Pending ──every child done──▶ Finished with the results
//    ├──a child fails or is cancelled──▶ Finished with its error; the other children run on
//    └──Cancel──▶ children cancelled; when they have ended, Finished with a CancelledException
// It is never Cancelled itself, as in asyncio: the children decide what a request comes to.
internal sealed class GatherFuture<T> : Future<T>
{
    private readonly Future[] _children;
    private readonly Func<Future[], T> _collect;
    private readonly bool _keepErrors;
    private int _remaining;
    private bool _cancelRequested;

    private GatherFuture(EventLoop loop, Future[] children, Func<Future[], T> collect, bool keepErrors)
        : base(loop)
    {
        _children = children;
        _collect = collect;
        _keepErrors = keepErrors;
    }

    /// <param name="loop">The loop of the children.</param>
    /// <param name="children">In the order of their results. One future may stand in it several times.</param>
    /// <param name="collect">Makes the result when every child is done.</param>
    /// <param name="keepErrors">Whether errors of children are part of the result.</param>
    public static Future<T> Create(EventLoop loop, Future[] children, Func<Future[], T> collect, bool keepErrors)
    {
        foreach (Future child in children)
        {
            loop.CheckOwns(child);
        }

        var outer = new GatherFuture<T>(loop, children, collect, keepErrors);
        if (children.Length == 0)
        {
            outer.SetResult(collect(children));
            return outer;
        }

        var item = new ChildItem(outer);
        List<Future>? done = null;
        foreach (Future child in children)
        {
            // A child that is given twice is waited for once. One that is done counts each time: its outcome is
            // the same.
            if (child.IsDone)
            {
                (done ??= []).Add(child);
                outer._remaining++;
            }
            else if (child.LastCallback != item)
            {
                child.AddCallback(item);
                outer._remaining++;
            }
        }

        foreach (Future child in done ?? [])
        {
            outer.OnChildDone(child);
        }

        return outer;
    }

    public override bool Cancel(string? message = null)
    {
        Loop.AssertOnLoop();
        if (IsDone)
        {
            return false;
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            // Gathers of tasks that wait for gathers, thousands deep: the rest of them is reached in the next
            // iteration.
            _cancelRequested = true;
            Loop.CallSoon(_ => CancelChildren(message), null);
            return true;
        }

        return CancelChildren(message);
    }

    internal override string Describe() => "gather";

    internal override IReadOnlyCollection<Future> WaitsFor => _children;

    private bool CancelChildren(string? message)
    {
        bool any = false;
        foreach (Future child in _children)
        {
            any |= child.Cancel(message);
        }

        _cancelRequested |= any;
        return any;
    }

    private void OnChildDone(Future child)
    {
        _remaining--;
        if (IsDone)
        {
            // The first error has been passed on. This one counts as seen, as in asyncio.
            child.RetrieveError();
            return;
        }

        if (!_keepErrors)
        {
            if (child.IsCancelled)
            {
                TryFinishFailed(child.TakeCancelledError());
                return;
            }

            if (child.RetrieveError() is { } error)
            {
                TryFinishFailed(error);
                return;
            }
        }

        if (_remaining > 0)
        {
            return;
        }

        if (_cancelRequested)
        {
            // What the children ended with is not passed on, and counts as seen.
            Array.ForEach(_children, static child => child.RetrieveError());

            // asyncio takes the exception of the last child in the list, whichever ended last.
            TryFinishFailed(_children[^1].TakeCancelledError());
        }
        else
        {
            SetResult(_collect(_children));
        }
    }

    private sealed class ChildItem(GatherFuture<T> outer) : WorkItem, IWaitLink
    {
        public void CollectAwaiters(ICollection<Future> awaiters) => outer.CollectAwaiters(awaiters);

        internal override void Execute(object? first, object? second) => outer.OnChildDone((Future)first!);
    }
}

using System.Runtime.CompilerServices;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Coroutines;

/// <summary>A coroutine may await anything that has an awaiter. It goes on on the loop's thread, in its turn.</summary>
public class ForeignAwaitTests
{
    [Fact]
    public void DoneTasks_AreNotWaitedFor() => Run(async () =>
    {
        bool other = false;
        EventLoop.Running.CallSoon(() => other = true);
        await Task.CompletedTask;
        Assert.Equal(1, await Task.FromResult(1));
        Assert.Equal(2, await new ValueTask<int>(2));
        await default(ValueTask);
        Assert.False(other);
    });

    [Fact]
    public void TasksOfOtherThreads_ComeBackToTheLoop() => Run(async () =>
    {
        int loopThread = Environment.CurrentManagedThreadId;
        LoopTask? task = Aio.CurrentTask;
        Assert.NotEqual(loopThread, await Task.Run(() => Environment.CurrentManagedThreadId));
        AssertHere();
        await Task.Run(() => { }).ConfigureAwait(false);
        AssertHere();
        await new ValueTask(Task.Run(() => { }));
        AssertHere();
        await new ValueTask<int>(Task.Run(() => 1)).ConfigureAwait(false);
        AssertHere();
        await Task.Yield();
        AssertHere();
        await Task.WhenAll(Task.Run(() => { }), Task.Run(() => { }));
        AssertHere();
        await Task.Run(() => { }).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        AssertHere();

        void AssertHere()
        {
            Assert.Equal(loopThread, Environment.CurrentManagedThreadId);
            Assert.Same(task, Aio.CurrentTask);
            Assert.Same(EventLoop.Running.SynchronizationContext, SynchronizationContext.Current);
        }
    });

    [Fact]
    public void FailedTask_ThrowsItsError() => Run(async () =>
    {
        var error = new FormatException("x");
        Assert.Same(error, await Throws<FormatException>(async () => await Task.FromException(error)));
        Assert.Same(error, await Throws<FormatException>(async () => await Task.Run(() => throw error)));
    });

    [Fact]
    public void TaskCompletedByTheLoop_ResumesInATurnOfItsOwn() => Run(async () =>
    {
        var source = new TaskCompletionSource<int>();
        var log = new List<string>();
        LoopTask waiting = Aio.CreateTask(Wait());
        await Turns();
        source.SetResult(1);
        log.Add("set");
        await waiting;
        Assert.Equal(["set", "resumed"], log);

        async Coroutine Wait()
        {
            await source.Task.ConfigureAwait(false);
            log.Add("resumed");
        }
    });

    [Fact]
    public void ManyTasksOfOtherThreads_AllComeBack() => Run(async () =>
    {
        int[] results = await Aio.Gather(Enumerable.Range(0, 500).Select(Work));
        Assert.Equal(Enumerable.Range(0, 500), results);

        static async Coroutine<int> Work(int n)
        {
            int result = await Task.Run(() => n).ConfigureAwait(n % 2 == 0);
            await Aio.Yield();
            return result;
        }
    });

    [Fact]
    public void CustomAwaitable_ThatCallsBackAtOnce_ResumesOnceAndInItsTurn() => Run(async () =>
    {
        var log = new List<string>();
        EventLoop.Running.CallSoon(() => log.Add("other"));
        await new Awaitable(continuation => continuation());
        log.Add("resumed");
        Assert.Equal(["other", "resumed"], log);
    });

    [Fact]
    public void CustomAwaitable_ThatCallsBackTwice_ResumesOnce() => Run(async () =>
    {
        int resumed = 0;
        Action? kept = null;
        LoopTask task = Aio.CreateTask(Wait());
        await Turns();
        kept!();
        kept();
        await Turns(3);
        kept();
        await Turns(3);
        Assert.Equal(1, resumed);
        Assert.False(task.IsDone);
        task.Cancel();

        async Coroutine Wait()
        {
            await new Awaitable(continuation => kept = continuation);
            resumed++;
            await Forever();
        }
    });

    [Fact]
    public void CustomAwaitable_OfAClass_Works() => Run(async () =>
    {
        var awaitable = new ClassAwaitable();
        LoopTask<int> task = Aio.CreateTask(Wait());
        await Turns();
        awaitable.Complete(5);
        Assert.Equal(5, await task);

        async Coroutine<int> Wait() => await awaitable;
    });

    [Fact]
    public void CustomAwaitable_CalledBackFromAnotherThread_Resumes() => Run(async () =>
    {
        int loopThread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < 100; i++)
        {
            await new Awaitable(continuation => ThreadPool.UnsafeQueueUserWorkItem(_ => continuation(), null));
            Assert.Equal(loopThread, Environment.CurrentManagedThreadId);
        }
    });

    [Fact]
    public void ForeignAwait_InADeepChain_ResumesTheInnermost() => Run(async () =>
    {
        Assert.Equal(1_000, await Deep(1_000));

        static async Coroutine<int> Deep(int level)
        {
            if (level == 0)
            {
                await Task.Run(() => { });
                return 0;
            }

            return 1 + await Deep(level - 1);
        }
    });

    [Fact]
    public void WhenTheLoopIsClosedMeanwhile_TheTaskNeverResumes()
    {
        var source = new TaskCompletionSource();
        var test = new TestLoop();
        bool resumed = false;
        test.Loop.CreateTask(Wait());
        test.Turn();
        test.Dispose();
        source.SetResult();
        Assert.False(resumed);
        Assert.Single(test.Reports);

        async Coroutine Wait()
        {
            await source.Task.ConfigureAwait(false);
            resumed = true;
        }
    }

    private readonly struct Awaitable(Action<Action> onCompleted) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Awaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => onCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => onCompleted(continuation);
    }

    /// <summary>Only INotifyCompletion, and a class.</summary>
    private sealed class ClassAwaitable : INotifyCompletion
    {
        private Action? _continuation;
        private int _result;

        public bool IsCompleted { get; private set; }

        public ClassAwaitable GetAwaiter() => this;

        public int GetResult() => _result;

        public void OnCompleted(Action continuation) => _continuation = continuation;

        public void Complete(int result)
        {
            _result = result;
            IsCompleted = true;
            _continuation!();
        }
    }
}

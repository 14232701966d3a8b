using System.Runtime.CompilerServices;
using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Issues;

/// <summary>A foreign awaitable that threw in OnCompleted left its task marked as waiting for it: virtual time
/// froze, and when
/// it called back all the same, it resumed a coroutine that waited for something else.</summary>
public class AwaitableThatThrowsTests
{
    [Fact]
    public void Await_OfWhatThrowsWhileItSuspends_IsAnErrorAtTheAwait() => Run(async () =>
    {
        Action? kept = null;
        bool sleeping = false;
        await Throws<FormatException>(async () => await new Throwing(continuation => kept = continuation));
        LoopTask task = Aio.CreateTask(Sleep());
        await Turns();
        kept!();
        await Turns(3);
        Assert.True(sleeping);
        await task;
        Assert.Equal(1.Seconds(), EventLoop.Running.Time);

        async Coroutine Sleep()
        {
            sleeping = true;
            await Aio.Sleep(1.Seconds());
            sleeping = false;
        }
    });

    [Fact]
    public void LateCall_WhileTheSameTaskWaitsForSomethingElse_DoesNotResumeIt() => Run(async () =>
    {
        Action? kept = null;
        var awaitable = new Throwing(continuation => kept = continuation);
        bool caught = false;
        LoopTask<int> task = Aio.CreateTask(Work());
        await Turns(2);
        Assert.True(caught);
        kept!();
        await Turns(3);
        Assert.False(task.IsDone);
        Assert.Equal(5, await task);

        async Coroutine<int> Work()
        {
            try
            {
                await awaitable;
            }
            catch (FormatException)
            {
                caught = true;
            }

            return await Aio.Sleep(1.Seconds(), 5);
        }
    });

    private readonly struct Throwing(Action<Action> onCompleted) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Throwing GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            onCompleted(continuation);
            throw new FormatException("cannot suspend");
        }
    }
}

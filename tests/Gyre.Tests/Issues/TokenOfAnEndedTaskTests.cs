namespace Gyre.Tests.Issues;

/// <summary>A function in an executor goes on when its task has ended. The task's token, which it was given, was
/// disposed of under its hands: waiting for it threw an ObjectDisposedException.</summary>
public class TokenOfAnEndedTaskTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Token_OfATaskThatHasEnded_CanStillBeUsed(bool cancelled)
    {
        CancellationToken token = default;
        Aio.Run(async () =>
        {
            LoopTask task = Aio.CreateTask(ReadToken());
            await Aio.Yield();
            if (cancelled)
            {
                task.Cancel();
            }

            await Aio.Wait([task]);
            Assert.Equal(cancelled, task.IsCancelled);
        });
        Assert.Equal(cancelled, token.IsCancellationRequested);
        Assert.Equal(cancelled, token.WaitHandle.WaitOne(0));
        bool called = false;
        using (token.Register(() => called = true))
        {
            Assert.Equal(cancelled, called);
        }

        async Coroutine ReadToken()
        {
            token = Aio.CancellationToken;
            await Aio.Sleep(0.001.Seconds());
        }
    }
}

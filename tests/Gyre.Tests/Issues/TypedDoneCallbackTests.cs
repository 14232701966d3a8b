namespace Gyre.Tests.Issues;

/// <summary>A done callback that was added under the future's own type could not be removed.</summary>
public class TypedDoneCallbackTests
{
    [Fact]
    public void RemoveDoneCallback_OfAMethod_FindsItUnderAnyType()
    {
        using var test = new TestLoop();
        Future<int> future = test.Loop.CreateFuture<int>();
        int ran = 0;
        future.AddDoneCallback(OnDone);
        Assert.Equal(1, future.RemoveDoneCallback(OnDone));
        Action<Future> kept = OnDone;
        future.AddDoneCallback(kept);
        Assert.Equal(1, ((Future)future).RemoveDoneCallback(kept));
        future.SetResult(1);
        test.Turn();
        Assert.Equal(0, ran);

        void OnDone(Future done) => ran++;
    }
}

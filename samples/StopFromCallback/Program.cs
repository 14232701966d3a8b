// Stopping the loop from a future's callback: how RunUntilComplete works.
//
// A loop runs until somebody calls Stop. So "run until this has ended" is: add a callback that stops the
// loop, and run it for ever.
using Gyre;

using var loop = new EventLoop();

Console.WriteLine($"by hand: {RunUntilDone(loop, Answer())}");

// The library's own does the same.
Console.WriteLine($"built in: {loop.RunUntilComplete(Answer())}");

static int RunUntilDone(EventLoop loop, Coroutine<int> coroutine)
{
    LoopTask<int> task = loop.CreateTask(coroutine);
    task.AddDoneCallback(static done => done.Loop.Stop());
    loop.RunForever();

    // The loop may have been stopped by somebody else. Then there is no result yet, and Result says so.
    return task.Result;
}

static async Coroutine<int> Answer()
{
    // A future is a result that somebody will set: here a timer's callback.
    Future<int> future = EventLoop.Running.CreateFuture<int>();
    EventLoop.Running.CallLater(0.2.Seconds(), () => future.SetResult(42));
    return await future;
}

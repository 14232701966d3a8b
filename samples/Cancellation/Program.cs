// Cancelling a task and seeing it clean up.
//
// Cancellation is an exception that arrives at the await in which the task is suspended: finally blocks and
// using declarations run as they do for any other exception, and may await too.
using Gyre;

Aio.Run(Main);

static async Coroutine Main()
{
    LoopTask work = Aio.CreateTask(Work());
    await Aio.Sleep(0.25.Seconds());

    // The task is in the middle of a sleep. The request reaches it there.
    Console.WriteLine("main: please stop");
    work.Cancel("the user has pressed Stop");
    try
    {
        await work;
    }
    catch (CancelledException e)
    {
        Console.WriteLine($"main: it has ended, since {e.CancelMessage}; cancelled: {work.IsCancelled}");
    }

    // A timeout cancels, too, and cleaning up happens before its exception leaves.
    try
    {
        await Aio.WaitFor(Work(), 0.15.Seconds());
    }
    catch (TimeoutException)
    {
        Console.WriteLine("main: that took too long");
    }
}

static async Coroutine Work()
{
    Console.WriteLine("work: begins");
    try
    {
        for (int i = 1; ; i++)
        {
            await Aio.Sleep(0.1.Seconds());
            Console.WriteLine($"work: {i}");
        }
    }
    catch (CancelledException)
    {
        Console.WriteLine("work: was asked to stop");

        // Pass it on. A task that swallows the request goes on as if nobody had asked.
        throw;
    }
    finally
    {
        await Aio.Sleep(0.05.Seconds());
        Console.WriteLine("work: has put everything away");
    }
}

using Gyre;

// What Ctrl-C does to a program that runs a loop, and what its environment does. The tests start it with the name of a
// scenario, and send the signal when it has written "ready".
try
{
    switch (args is [string scenario] ? scenario : "")
    {
        case "wait":
            Aio.Run(CleanUp);
            break;
        case "spin":
            Aio.Run(Spin);
            break;
        case "swallow":
            Console.WriteLine(Aio.Run(Swallow));
            break;
        case "ignore":
            Aio.Run(Ignore);
            break;
        case "after":
            Aio.Run(() => Aio.Sleep(1.Milliseconds()));
            Console.WriteLine("ready");
            Console.ReadLine();
            break;
        case "cancelled":
            Aio.Run(CancelledBefore);
            break;
        case "cat":
            Aio.Run(UpperCase);
            break;
        case "debug":
            using (var loop = new EventLoop())
            {
                Console.WriteLine(loop.Debug);
            }

            break;
        default:
            return 2;
    }

    Console.WriteLine("ended");
    return 0;
}
catch (CancelledException e)
{
    Console.WriteLine(e.CancelMessage is { } message ? $"cancelled: {message}" : "cancelled");
    return 130;
}

static async Coroutine UpperCase()
{
    LoopStreamReader input = await Aio.OpenStandardInput();
    LoopStreamWriter output = await Aio.OpenStandardOutput();
    while (await input.ReadLineAsync() is { Length: > 0 } line)
    {
        output.WriteText(System.Text.Encoding.UTF8.GetString(line).ToUpperInvariant());
        await output.DrainAsync();
    }

    output.Close();
    await output.WaitClosedAsync();
}

static async Coroutine CleanUp()
{
    try
    {
        Console.WriteLine("ready");
        await Aio.Sleep(1000.Seconds());
    }
    finally
    {
        await Aio.Yield();
        Console.WriteLine("cleaned up");
    }
}

static async Coroutine Spin()
{
    EventLoop loop = EventLoop.Running;
    void Again() => loop.CallSoon(Again);
    Again();
    Console.WriteLine("ready");
    await loop.CreateFuture<int>();
}

static async Coroutine<string> Swallow()
{
    try
    {
        Console.WriteLine("ready");
        await Aio.Sleep(1000.Seconds());
    }
    catch (CancelledException)
    {
        // Swallowed: the task goes on as if nobody had asked it to end.
    }

    await Aio.Yield();
    return "went on";
}

static async Coroutine CancelledBefore()
{
    Aio.CurrentTask!.Cancel("by itself");
    try
    {
        await Aio.Yield();
    }
    finally
    {
        await WaitForInterrupt();
    }
}

static async Coroutine WaitForInterrupt()
{
    Console.WriteLine("ready");
    try
    {
        await Aio.Sleep(1000.Seconds());
    }
    catch (CancelledException)
    {
        Console.WriteLine("interrupted");
    }
}

static async Coroutine Ignore()
{
    Console.WriteLine("ready");
    while (true)
    {
        try
        {
            await Aio.Sleep(1000.Seconds());
        }
        catch (CancelledException)
        {
            Console.WriteLine("ignored");
        }
    }
}

// Chained coroutines: one awaits another, which awaits another.
//
// Awaiting a coroutine runs it inside the task that awaits, like a call: no new task, no trip through the
// loop. The first print of all three is therefore there at once, in the order of the calls.
using Gyre;

int sum = Aio.Run(Outer);
Console.WriteLine($"result: {sum}");

// However deep the chain, resuming it costs the same, and the stack does not grow.
Console.WriteLine($"depth: {Aio.Run(() => Deep(100_000))}");

static async Coroutine<int> Outer()
{
    Console.WriteLine("outer: begins");
    int first = await Middle(1);
    int second = await Middle(2);
    Console.WriteLine("outer: ends");
    return first + second;
}

static async Coroutine<int> Middle(int number)
{
    Console.WriteLine($"  middle {number}: begins");
    try
    {
        return await Inner(number);
    }
    finally
    {
        Console.WriteLine($"  middle {number}: ends");
    }
}

static async Coroutine<int> Inner(int number)
{
    Console.WriteLine($"    inner {number}: waits");

    // Only here does the task give way to others.
    await Aio.Sleep(0.1.Seconds());
    Console.WriteLine($"    inner {number}: goes on");
    return number * 10;
}

static async Coroutine<int> Deep(int depth)
{
    if (depth == 0)
    {
        await Aio.Yield();
        return 0;
    }

    return await Deep(depth - 1) + 1;
}

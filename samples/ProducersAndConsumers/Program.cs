// A lock and a queue between producers and consumers.
//
// The queue has room for three: producers that are faster than the consumers wait for room. When the
// producers are done the queue is shut down, and each consumer's "await foreach" ends after the last item.
using Gyre;

const int Producers = 2;
const int Consumers = 3;
const int ItemsEach = 6;

var queue = new LoopQueue<string>(maxSize: 3);
var printer = new LoopLock();
int handled = 0;

Aio.Run(Main);
Console.WriteLine($"{handled} of {Producers * ItemsEach} items handled");
return handled == Producers * ItemsEach ? 0 : 1;

async Coroutine Main()
{
    LoopTask[] consumers = [.. Enumerable.Range(1, Consumers).Select(n => Aio.CreateTask(Consume(n)))];
    await Aio.Gather(Enumerable.Range(1, Producers).Select(Produce));

    // Every item has been put; wait until every item has been handled, too.
    await queue.JoinAsync();
    queue.Shutdown();
    await Aio.Gather(consumers);
}

async Coroutine Produce(int number)
{
    for (int i = 1; i <= ItemsEach; i++)
    {
        await queue.PutAsync($"{number}.{i}");
    }

    await Print($"producer {number} is done");
}

async Coroutine Consume(int number)
{
    await foreach (string item in queue)
    {
        await Aio.Sleep(0.05.Seconds());
        await Print($"consumer {number} has handled {item}");

        // No lock for this: between two awaits nothing else runs.
        handled++;
        queue.TaskDone();
    }
}

// A lock is for what takes several awaits: no line is interrupted by another, although printing one takes its
// time.
async Coroutine Print(string line)
{
    using (await printer.LockAsync())
    {
        foreach (string word in line.Split(' '))
        {
            Console.Write(word + " ");
            await Aio.Sleep(0.002.Seconds());
        }

        Console.WriteLine();
    }
}

namespace Gyre.Tests.Tasks.Cancellation;

/// <summary>One run of one cell of the table: a task inside a block, and what is seen of them.</summary>
internal sealed class Probe
{
    /// <summary>When the request comes, where nothing else decides it.</summary>
    public static readonly TimeSpan RequestTime = 10.Seconds();

    private readonly List<string> _seen = [];

    public required Source Source { get; init; }

    /// <summary>The task that is inside.</summary>
    public LoopTask Task => _task ?? throw new InvalidOperationException("The task does not exist yet.");

    private LoopTask? _task;

    public string Seen => string.Join(", ", _seen);

    /// <summary>Notes what was seen, and when, if that is not the time of the request.</summary>
    public void See(string what)
    {
        TimeSpan now = Aio.RunningLoop.Time;
        _seen.Add(now == RequestTime || now == TimeSpan.Zero ? what : $"{what} at {now.TotalSeconds} s");
    }

    /// <summary>Waits, and notes how that ended.</summary>
    public async Coroutine Watch(Coroutine wait, string name = "")
    {
        string prefix = name.Length > 0 ? name + " " : "";
        try
        {
            await wait;
            See(prefix + "returns");
        }
        catch (OperationCanceledException)
        {
            See(prefix + "cancelled");
            throw;
        }
    }

    public Coroutine Watch(Future future, string name = "") => Watch(Await(future), name);

    /// <summary>Lets the request come when everything waits.</summary>
    public void RequestLater() => Aio.RunningLoop.CallLater(RequestTime, () => Source.Request(this, null));

    /// <summary>Runs a place inside the block of the source, and says how the block ended.</summary>
    public async Coroutine<string> Run(Func<Probe, Coroutine> place)
    {
        string end = "";
        _task = Aio.CreateTask(Inside(), "probe");
        await Aio.Wait([_task]);
        return _task.IsCancelled ? "task cancelled" : _task.Exception is { } error ? Name(error) : end;

        async Coroutine Inside()
        {
            try
            {
                end = await Source.Surround(this, place);
            }
            catch (Exception e) when (Source.Handles)
            {
                end = Name(e);
            }

            if (Source.Handles)
            {
                // What was cancelled is the block. Behind it nothing is left.
                await Aio.Yield();
                Assert.Equal(0, Task.Cancelling());
                Assert.False(Aio.CancellationToken.IsCancellationRequested);
            }
        }
    }

    public static string Name(Exception error) => error switch
    {
        CancelledException => "CancelledException",
        AggregateException => "AggregateException",
        _ => error.GetType().Name,
    };

    private static async Coroutine Await(Future future) => await future;
}

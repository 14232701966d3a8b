namespace Gyre.Bench;

/// <summary>Connections to an echo server that each send a message and wait for its echo, again and again.</summary>
internal sealed class EchoLoad(int port, int connections, int size)
{
    private long _answers;

    /// <summary>Lets the server get warm, and then counts for a while.</summary>
    /// <returns>Answers a second.</returns>
    public async Coroutine<double> MeasureAsync(TimeSpan warmUp, TimeSpan time)
    {
        EventLoop loop = EventLoop.Running;
        var tasks = new List<LoopTask>();
        for (int i = 0; i < connections; i++)
        {
            tasks.Add(Aio.CreateTask(TalkAsync()));
        }

        await Aio.Sleep(warmUp);
        long before = _answers;
        TimeSpan begin = loop.Time;
        await Aio.Sleep(time);
        double rate = (_answers - before) / (loop.Time - begin).TotalSeconds;
        foreach (LoopTask task in tasks)
        {
            task.Cancel();
        }

        // A conversation that ended by itself has failed, and its error is the one to see.
        await Aio.Wait(tasks);
        foreach (LoopTask task in tasks.Where(task => !task.IsCancelled))
        {
            await task;
        }

        return rate;
    }

    private async Coroutine TalkAsync()
    {
        await using Connection connection = await Aio.OpenConnection("127.0.0.1", port);
        byte[] message = new byte[size];
        byte[] answer = new byte[size];
        Random.Shared.NextBytes(message);
        while (true)
        {
            connection.Writer.Write(message.AsSpan());
            await connection.Reader.ReadExactlyAsync(answer.AsMemory());
            if (!answer.AsSpan().SequenceEqual(message))
            {
                throw new InvalidOperationException("The server sent back something else than it got.");
            }

            _answers++;
        }
    }
}

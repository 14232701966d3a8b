namespace Gyre.Bench;

/// <summary>Connections to an echo server that each send a message and wait for its echo, again and again.</summary>
/// <param name="port">The server's.</param>
/// <param name="connections">How many.</param>
/// <param name="size">Bytes of a message.</param>
/// <param name="serverTime">The processor time that the server has used.</param>
internal sealed class EchoLoad(int port, int connections, int size, Func<TimeSpan> serverTime)
{
    private long _answers;

    /// <summary>Lets the server get warm, and then counts for a while.</summary>
    /// <returns>Answers a second, and how many processors the server had.</returns>
    public async Coroutine<(double Rate, double Processors)> MeasureAsync(TimeSpan warmUp, TimeSpan time)
    {
        EventLoop loop = EventLoop.Running;
        var tasks = new List<LoopTask>();
        for (int i = 0; i < connections; i++)
        {
            tasks.Add(Aio.CreateTask(TalkAsync()));
        }

        await Aio.Sleep(warmUp);
        long before = _answers;
        TimeSpan usedBefore = serverTime();
        TimeSpan begin = loop.Time;
        await Aio.Sleep(time);
        double seconds = (loop.Time - begin).TotalSeconds;
        (double, double) result = ((_answers - before) / seconds, (serverTime() - usedBefore).TotalSeconds / seconds);
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

        return result;
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

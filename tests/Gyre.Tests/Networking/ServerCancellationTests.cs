namespace Gyre.Tests.Networking;

public class ServerCancellationTests
{
    /// <summary>A level cuts the wait for the connections short; a request does not.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ServeForeverAsync_Cancelled_WaitsForItsConnectionsUnlessByAScope(bool byScope) => Aio.Run(async () =>
    {
        EventLoop loop = Aio.RunningLoop;
        Server server = await loop.CreateServer(() => new RecordingProtocol(), "127.0.0.1", 0);
        (Transport client, RecordingProtocol _) =
            await loop.CreateConnection(() => new RecordingProtocol(), server.EndPoints[0]);
        while (server.ClientCount == 0)
        {
            await Aio.Sleep(1.Milliseconds());
        }

        CancelScope? scope = null;
        LoopTask task = Aio.CreateTask(Aio.CancelScope(async given =>
        {
            scope = given;
            await server.ServeForeverAsync();
        }));
        await Aio.Yield();
        if (byScope)
        {
            scope!.Cancel();
        }
        else
        {
            task.Cancel();
        }

        for (int i = 0; i < 5; i++)
        {
            await Aio.Yield();
        }

        Assert.False(server.IsServing);
        Assert.Equal(1, server.ClientCount);
        Assert.Equal(byScope, task.IsDone);
        client.Close();
        await Aio.Wait([task]);
        Assert.Equal(!byScope, task.IsCancelled);
        await server.WaitClosedAsync();
    });
}

namespace Gyre.Tests.Tasks.Cancellation;

internal sealed partial record Place
{
    private static Place[] Blocks() =>
    [
        new("in an inner `Timeout`", async probe =>
        {
            probe.RequestLater();
            await Aio.Timeout(s_never, async _ => await probe.Watch(Never()));
        }),
        new("in the body of an inner `TaskGroup`", async probe =>
        {
            probe.RequestLater();
            await Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(probe.Watch(Never(), "task"));
                await probe.Watch(Never());
            });
        }),
        new("at the end of an inner `TaskGroup`", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(probe.Watch(Never(), "task"));
                await Aio.Yield();
            }));
        }),
        new("at its end, and a task cleans up", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(CleanUp(probe, "task"));
                await Aio.Yield();
            }));
        }),
        new("at its end, and a task is in a shielded scope", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Shielded(probe, "task"));
                await Aio.Yield();
            }));
        }),
        new("in its body, and a task has not started", async probe =>
        {
            await probe.Watch(Aio.TaskGroup(async group =>
            {
                _ = group.CreateTask(Announce(probe));
                probe.Source.Request(probe, null);
                await Aio.Sleep(s_soon);
            }));
        }, NeedsImmediate: true),
        new("in an inner `CancelScope`", async probe =>
        {
            probe.RequestLater();
            CancelScope inner = await Aio.CancelScope(async _ => await probe.Watch(Never()));
            probe.See($"inner scope ends {inner.CaughtCancellation}");
        }),
        new("in a shielded scope", async probe =>
        {
            probe.RequestLater();
            await Shielded(probe, "");
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }),
        new("in a shielded scope, and awaits nothing more", async probe =>
        {
            probe.RequestLater();
            await Shielded(probe, "");
        }),
        new("in a `Timeout` in a shielded scope", async probe =>
        {
            probe.RequestLater();
            await Aio.CancelScope(shield: true, body: async _ => await Expiring(probe));
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }),
        new("in a shielded scope in a `Timeout` that expires too", async probe =>
        {
            probe.RequestLater();
            await Aio.Timeout(15.Seconds(), async _ =>
            {
                await Shielded(probe, "");
                await probe.Watch(Aio.Sleep(s_soon), "next await");
            });
        }),
    ];

    private static Place[] CleanUps() =>
    [
        new("cleans up", async probe =>
        {
            probe.RequestLater();
            await CleanUp(probe, "");
        }),
        new("cleans up in a shielded scope", async probe =>
        {
            probe.RequestLater();
            try
            {
                await probe.Watch(Never());
            }
            finally
            {
                await Aio.CancelScope(
                    shield: true, body: async _ => await probe.Watch(Aio.Sleep(s_soon), "clean-up"));
            }
        }),
        new("cleans up in a `Timeout` in a shielded scope", async probe =>
        {
            probe.RequestLater();
            try
            {
                await probe.Watch(Never());
            }
            finally
            {
                await Aio.CancelScope(shield: true, body: async _ => await Expiring(probe));
            }
        }),
        new("cleans up in a `TaskGroup` that fails, in a shielded scope", async probe =>
        {
            probe.RequestLater();
            try
            {
                await probe.Watch(Never());
            }
            finally
            {
                await Aio.CancelScope(shield: true, body: async _ => await Failing(probe));
            }
        }),
        new("swallows the exception", async probe =>
        {
            probe.RequestLater();
            try
            {
                await probe.Watch(Never());
            }
            catch (CancelledException)
            {
                await probe.Watch(Aio.Sleep(s_soon), "next await");
            }
        }),
        new("swallows it every time", async probe =>
        {
            probe.RequestLater();
            for (int i = 0; i < 3; i++)
            {
                try
                {
                    await probe.Watch(Aio.Sleep(s_later));
                }
                catch (CancelledException)
                {
                    // The row is about just this.
                }
            }
        }),
    ];

    private static Place[] Foreign() =>
    [
        new("awaits a BCL task that has the token", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Bcl(new TaskCompletionSource().Task.WaitAsync(Aio.CancellationToken)));
        }),
        new("same, and reads the token in its clean-up", async probe =>
        {
            probe.RequestLater();
            try
            {
                await probe.Watch(Bcl(new TaskCompletionSource().Task.WaitAsync(Aio.CancellationToken)));
            }
            finally
            {
                bool cancelled = Aio.CancellationToken.IsCancellationRequested;
                probe.See(cancelled ? "new token cancelled" : "new token good");
            }
        }),
        new("same, in a shielded scope", async probe =>
        {
            Task task = EndsAfterRequest(probe);
            await Aio.CancelScope(
                shield: true, body: async _ => await probe.Watch(Bcl(task.WaitAsync(Aio.CancellationToken))));
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }),
        new("awaits a BCL task without a token", async probe =>
        {
            await probe.Watch(Bcl(EndsAfterRequest(probe)));
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }),
        new("awaits `Aio.WrapFuture(task)`", async probe =>
        {
            _ = EndsAfterRequest(probe);
            await probe.Watch(Aio.WrapFuture(new TaskCompletionSource().Task));
        }),
        new("awaits plain code that was called in the same turn", async probe =>
        {
            probe.RequestLater();
            await probe.Watch(Bcl(PlainCode(probe)));
        }),
        new("awaits plain code that was called in an earlier turn", async probe =>
        {
            probe.RequestLater();
            Task task = PlainCode(probe);
            await Aio.Yield();
            await probe.Watch(Bcl(task));
            await probe.Watch(Aio.Sleep(s_soon), "next await");
        }),
    ];

    private static async Task PlainCode(Probe probe) => await probe.Watch(Aio.Sleep(s_later), "code");
}

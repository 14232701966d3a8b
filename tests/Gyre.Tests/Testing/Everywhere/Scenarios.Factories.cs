namespace Gyre.Tests.Testing.Everywhere;

internal static partial class Scenarios
{
    private static void AddFactories(Dictionary<string, Scenario> all)
    {
        all.Add("Aio.TimeoutAt(TimeSpan?, Func<TimeoutScope, Coroutine>)", async scenario =>
        {
            TimeSpan deadline = Aio.RunningLoop.Time + 2.Seconds();
            LoopTask target = scenario.Target(Aio.TimeoutAt(deadline, async _ => await Aio.Sleep(9.Seconds())));
            await End(target);
            Assert.True(target.IsCancelled || target.Exception is TimeoutException);
            Assert.InRange(Aio.RunningLoop.Time, TimeSpan.Zero, deadline);
        });
        all.Add("Aio.TimeoutAt<T>(TimeSpan?, Func<TimeoutScope, Coroutine<T>>)", async scenario =>
        {
            TimeSpan deadline = Aio.RunningLoop.Time + 5.Seconds();
            LoopTask<int> target = scenario.Target(Aio.TimeoutAt(deadline, async _ => await Later(1, 1)));
            await End(target);
            Assert.True(target.IsCancelled || target.Result == 1);

            // No timer is left that would cancel the task later.
            await Aio.Sleep(9.Seconds());
        });
        all.Add("LoopTaskFactory.CreateTask(EventLoop, Coroutine, LoopTaskOptions)", async scenario =>
            await EndGather(
                scenario, Aio.EagerTaskFactory.CreateTask(Aio.RunningLoop, Aio.Sleep(1.Seconds()), default)));
        all.Add("LoopTaskFactory.CreateTask<T>(EventLoop, Coroutine<T>, LoopTaskOptions)", async scenario =>
            await EndGather(scenario, Aio.EagerTaskFactory.CreateTask(Aio.RunningLoop, Later(1, 1), default)));
    }
}

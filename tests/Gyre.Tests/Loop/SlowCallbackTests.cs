using Gyre.Tests.Streams;

namespace Gyre.Tests.Loop;

/// <summary>Debug mode names what holds up the loop.</summary>
[Collection(nameof(SequentialCollection))]
public class SlowCallbackTests
{
    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_log_slow_callbacks, a callback.</summary>
    [Fact]
    public void Callback_ThatTakesLong_IsNamedInAWarning()
    {
        using var test = new TestLoop(debug: true);
        List<string> warnings = Warnings(() =>
        {
            test.Loop.CallSoon(() => Take(test, 150.Milliseconds()));
            test.Loop.CallSoonThreadSafe(Local);
            test.Loop.CallLater(TimeSpan.Zero, SlowTimer, test);
            test.Loop.CallSoon(() => Take(test, 99.Milliseconds()));
            test.Turn();
        });
        Assert.Equal(
            [
                $"lambda in SlowCallbackTests.{nameof(Callback_ThatTakesLong_IsNamedInAWarning)} held up the loop for 0.150 s",
                "SlowCallbackTests.Local held up the loop for 1.000 s",
            ],
            warnings.Take(2));
        Assert.Equal("SlowCallbackTests.SlowTimer held up the loop for 0.200 s", warnings[2]);
        Assert.Equal(3, warnings.Count);

        void Local() => Take(test, 1.Seconds());
    }

    /// <summary>CPython: BaseEventLoopWithSelectorTests.test_log_slow_callbacks, a task.</summary>
    [Fact]
    public void TaskStep_ThatTakesLong_IsNamedInAWarning()
    {
        using var test = new TestLoop(debug: true);
        List<string> warnings = Warnings(() => test.Loop.RunUntilComplete(Main()));
        Assert.Contains("'the slow one'", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.EndsWith("held up the loop for 0.100 s", warnings[0], StringComparison.Ordinal);

        async Coroutine Main()
        {
            await Aio.CreateTask(Slow(), name: "the slow one");
            await Aio.Sleep(10.Seconds());
        }

        async Coroutine Slow()
        {
            await Aio.Yield();
            Take(test, 100.Milliseconds());
            await Aio.Yield();
        }
    }

    /// <summary>A task that goes on in the turn of its input is named, and not the input.</summary>
    [Fact]
    public void TaskStep_InTheTurnOfItsInput_IsNamedInAWarning()
    {
        List<string> warnings = Warnings(() => Aio.Run(Main, new EventLoopOptions { Debug = true }));
        Assert.Contains(warnings, warning => warning.Contains("'the reader'", StringComparison.Ordinal));

        static async Coroutine Main()
        {
            await using StreamPair pair = await StreamPair.OpenAsync();
            LoopTask reading = Aio.CreateTask(Read(pair.Server.Reader), name: "the reader");
            await Aio.Yield();
            pair.Client.Writer.Write("a"u8);
            await reading;
        }

        static async Coroutine Read(LoopStreamReader reader)
        {
            await reader.ReadAsync(new byte[10].AsMemory());

            // From here on everything takes too long, and this step ends in this turn.
            EventLoop.Running.SlowCallbackDuration = TimeSpan.Zero;
        }
    }

    /// <summary>Whoever waits for a future is named, and not the future.</summary>
    [Fact]
    public void DoneCallbackAndWaitingTask_ThatTakeLong_AreNamedInAWarning()
    {
        using var test = new TestLoop(debug: true);
        Future<int> future = test.Loop.CreateFuture<int>();
        future.AddDoneCallback(SlowDone);
        LoopTask task = test.Loop.CreateTask(Wait(), name: "the waiting one");
        test.Turn();
        future.SetResult(1);
        List<string> warnings = Warnings(() => test.Loop.RunUntilComplete(task));
        Assert.Equal("SlowCallbackTests.SlowDone held up the loop for 0.300 s", warnings[0]);
        Assert.Contains("'the waiting one'", warnings[1], StringComparison.Ordinal);
        Assert.Equal(2, warnings.Count);

        void SlowDone(Future done) => Take(test, 300.Milliseconds());

        async Coroutine Wait()
        {
            await future;
            Take(test, 400.Milliseconds());
        }
    }

    [Fact]
    public void Callback_ThatTakesLongAndThrows_IsReportedForBoth()
    {
        using var test = new TestLoop(debug: true);
        List<string> warnings = Warnings(() =>
        {
            test.Loop.CallSoon(() =>
            {
                Take(test, 1.Seconds());
                throw new FormatException();
            });
            test.Turn();
        });
        Assert.Single(warnings);
        Assert.IsType<FormatException>(Assert.Single(test.Reports).Exception);
    }

    [Fact]
    public void SlowCallbackDuration_Set_IsTheLimit()
    {
        using var test = new TestLoop(debug: true);
        Assert.Equal(100.Milliseconds(), test.Loop.SlowCallbackDuration);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Loop.SlowCallbackDuration = -1.Seconds());
        test.Loop.SlowCallbackDuration = 2.Seconds();
        Assert.Equal(2.Seconds(), test.Loop.SlowCallbackDuration);
        Assert.Empty(Warnings(() => Run(1.9.Seconds())));
        Assert.Single(Warnings(() => Run(2.Seconds())));
        test.Loop.SlowCallbackDuration = TimeSpan.Zero;
        Assert.Single(Warnings(() => Run(TimeSpan.Zero)));

        void Run(TimeSpan time)
        {
            test.Loop.CallSoon(() => Take(test, time));
            test.Turn();
        }
    }

    [Fact]
    public void Callback_ThatTakesLongWithoutDebugMode_IsNotWatched()
    {
        using var test = new TestLoop();
        Assert.Empty(Warnings(() =>
        {
            test.Loop.CallSoon(() => Take(test, 150.Milliseconds()));
            test.Turn();
        }));
    }

    private static void SlowTimer(object? state) => Take((TestLoop)state!, 200.Milliseconds());

    private static void Take(TestLoop test, TimeSpan time) => test.Clock.Advance(time);

    private static List<string> Warnings(Action action)
    {
        var warnings = new List<string>();
        int thread = Environment.CurrentManagedThreadId;
        Action<string> note = warning =>
        {
            // Finalisers warn on their own thread.
            if (Environment.CurrentManagedThreadId == thread)
            {
                warnings.Add(warning);
            }
        };
        RuntimeWarnings.Raised += note;
        try
        {
            action();
        }
        finally
        {
            RuntimeWarnings.Raised -= note;
        }

        return warnings;
    }
}

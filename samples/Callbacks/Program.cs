// Callbacks: what a loop does when there are no coroutines.
//
// The three of CallSoon come in their order, the one from the other thread when that has begun, and the
// timers by their times, whatever the order in which they were scheduled. The cancelled timer is never heard
// of.
using Gyre;

using var loop = new EventLoop();
TimeSpan start = loop.Time;

// In the next iteration, first in, first out.
loop.CallSoon(() => Say("soon, first"));
loop.CallSoon(() => Say("soon, second"));
loop.CallSoon(() =>
{
    Say("soon, third; what it schedules runs in the iteration after this one");
    loop.CallSoon(() => Say("soon, from a callback"));
});

// At a time: so much from now, or a moment on the loop's own clock.
loop.CallLater(0.3.Seconds(), () => Say("after 0.3 s"));
loop.CallAt(start + 0.2.Seconds(), () => Say("at 0.2 s"));
TimerHandle never = loop.CallLater(0.25.Seconds(), () => Say("this was cancelled"));
loop.CallLater(0.1.Seconds(), () => Say($"after 0.1 s; cancelling another timer: {never.Cancel()}"));
loop.CallLater(0.4.Seconds(), loop.Stop);

// From another thread, and only so. It also wakes the loop up if that sleeps.
var thread = new Thread(() => loop.CallSoonThreadSafe(() => Say("from another thread")));
thread.Start();

// This thread is now the loop's, until Stop.
loop.RunForever();
thread.Join();

void Say(string text) => Console.WriteLine($"{(loop.Time - start).TotalSeconds:0.0} s  {text}");

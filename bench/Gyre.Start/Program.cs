// What `Gyre.Bench start` starts: an empty coroutine on a loop, or, with an argument, nothing at all.
using System.Runtime.CompilerServices;
using Gyre;

if (args.Length == 0)
{
    RunEmpty();
}

// A method of its own: without it, the empty program would load Gyre too.
[MethodImpl(MethodImplOptions.NoInlining)]
static void RunEmpty() => Aio.Run(Empty());

static async Coroutine Empty()
{
}

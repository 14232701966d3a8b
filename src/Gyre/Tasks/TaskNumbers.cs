namespace Gyre;

/// <summary>The numbers of tasks that were given no name: 1, 2, 3, … over all loops of the process.</summary>
/// <remarks>
/// A loop takes numbers in blocks, so that a new task touches nothing that other threads do. What a loop that
/// has closed did not use is given back, if no other has taken numbers since: loops that run one after another
/// leave no gap.
/// </remarks>
internal sealed class TaskNumbers
{
    private const int BlockSize = 64;

    private static long s_taken;

    private long _last;
    private long _end;

    public long Next()
    {
        if (_last == _end)
        {
            _end = Interlocked.Add(ref s_taken, BlockSize);
            _last = _end - BlockSize;
        }

        return ++_last;
    }

    /// <summary>Gives back what is left of the block.</summary>
    public void Return()
    {
        Interlocked.CompareExchange(ref s_taken, _last, _end);
        _end = _last;
    }
}

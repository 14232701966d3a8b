namespace Gyre.Polling;

/// <summary>The open pipes of a poller, each under a key that no other pipe ever has, and no socket: see
/// <see cref="SocketTable{TSocket}"/>.</summary>
internal sealed class PipeTable<TPipe>
    where TPipe : DescriptorPipe
{
    // Higher than any slot of the sockets' table.
    private const ulong Mark = 1ul << 29;

    private readonly Dictionary<ulong, TPipe> _pipes = [];
    private uint _generation;

    /// <summary>Takes a pipe in and gives its key.</summary>
    public ulong Add(TPipe pipe)
    {
        ulong key = ((ulong)_generation++ << 32) | Mark;
        _pipes.Add(key, pipe);
        return key;
    }

    /// <summary>Lets go of a pipe. Its key finds nothing from here on.</summary>
    public void Remove(ulong key) => _pipes.Remove(key);

    /// <summary>The pipe with this key, or null. The key may be a socket's.</summary>
    public TPipe? Find(ulong key) =>
        (key & Mark) != 0 && _pipes.TryGetValue(key, out TPipe? pipe) ? pipe : null;

    /// <summary>Closes all pipes, as the poller ends.</summary>
    /// <param name="disposing">False from a finaliser.</param>
    public void Close(bool disposing)
    {
        if (_pipes.Count == 0)
        {
            // So it is in most programs; the copy below takes code that a short program would wait for.
            return;
        }

        foreach (TPipe pipe in _pipes.Values.ToArray())
        {
            if (disposing)
            {
                pipe.Close();
            }
            else
            {
                pipe.CloseForgotten();
            }
        }
    }
}

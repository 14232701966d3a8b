using System.Runtime.InteropServices;

namespace Gyre.Polling;

// Pipes have keys that no socket has: no slot of the sockets' table is as high as the mark.
internal sealed partial class EpollPoller
{
    private const ulong PipeMark = 1ul << 29;

    private readonly Dictionary<ulong, EpollPipe> _pipes = [];
    private uint _pipeGeneration;

    public override PollPipe AttachPipe(SafeHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        DescriptorPipe.CheckHandle(handle);
        return new EpollPipe(this, handle);
    }

    internal ulong AddPipe(EpollPipe pipe)
    {
        ulong key = ((ulong)_pipeGeneration++ << 32) | PipeMark;
        _pipes.Add(key, pipe);
        return key;
    }

    internal void RemovePipe(ulong key) => _pipes.Remove(key);

    private void OnPipeEvents(ulong key, uint events, IReadyQueue ready)
    {
        if ((key & PipeMark) != 0 && _pipes.TryGetValue(key, out EpollPipe? pipe))
        {
            pipe.OnEvents(events, ready);
        }
    }

    private void ClosePipes(bool disposing)
    {
        if (_pipes.Count == 0)
        {
            // So it is in most programs; the copy below takes code that a short program would wait for.
            return;
        }

        foreach (EpollPipe pipe in _pipes.Values.ToArray())
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

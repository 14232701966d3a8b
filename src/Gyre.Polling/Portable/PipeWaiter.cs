using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>The thread that waits for the pipes of a portable poller: the BCL waits for sockets only.</summary>
/// <remarks>One lock guards the list of waits. The thread starts with the first one, and ends with the poller.</remarks>
internal sealed class PipeWaiter : IDisposable
{
    private readonly PortableInbox _inbox;

    // Not a Lock: the owner waits on it.
    private readonly object _gate = new();
    private readonly List<PipeWait> _waits = [];
    private readonly DescriptorHandle _event;
    private long _rounds;
    private bool _stopped;

    public PipeWaiter(PortableInbox inbox)
    {
        _inbox = inbox;
        int descriptor = Libc.CreateEvent();
        _event = descriptor >= 0 ? new DescriptorHandle(descriptor) : throw Errno.ToException(-descriptor);
        new Thread(Run) { IsBackground = true, Name = "Gyre pipes" }.UnsafeStart();
    }

    /// <summary>Has a wait reported once what it waits for is there. Owner only.</summary>
    public void Add(PipeWait wait)
    {
        if (wait.IsPending)
        {
            return;
        }

        wait.IsPending = true;
        lock (_gate)
        {
            wait.IsListed = true;
            _waits.Add(wait);
        }

        _ = Libc.WriteEvent(_event);
    }

    /// <summary>Gives a wait up. It may be in the inbox already. Owner only.</summary>
    /// <remarks>Waits until the thread has let go of the descriptor: while it waits, it holds the open file, and the other
    /// end would not hear of the close that comes next.</remarks>
    public void Remove(PipeWait wait)
    {
        lock (_gate)
        {
            if (!wait.IsListed)
            {
                return;
            }

            wait.IsListed = false;
            _waits.Remove(wait);
            _ = Libc.WriteEvent(_event);
            for (long round = _rounds; _rounds == round;)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
        }

        _ = Libc.WriteEvent(_event);
        _event.Dispose();
    }

    private void Run()
    {
        bool isHeld = false;
        try
        {
            _event.DangerousAddRef(ref isHeld);
            Wait((int)_event.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            // The poller ended before this thread began.
        }
        finally
        {
            if (isHeld)
            {
                _event.DangerousRelease();
            }
        }
    }

    private void Wait(int wakeup)
    {
        var entries = new PollEntry[8];
        var waits = new List<PipeWait>();
        while (true)
        {
            lock (_gate)
            {
                if (_stopped)
                {
                    return;
                }

                _rounds++;
                Monitor.PulseAll(_gate);
                waits.Clear();
                waits.AddRange(_waits);
            }

            if (entries.Length <= waits.Count)
            {
                entries = new PollEntry[waits.Count * 2];
            }

            entries[0] = new PollEntry { Descriptor = wakeup, Events = Libc.PollIn };
            for (int i = 0; i < waits.Count; i++)
            {
                entries[i + 1] = new PollEntry { Descriptor = waits[i].Descriptor, Events = waits[i].Events };
            }

            // A signal, or no memory for the call, is a return like others.
            if (Libc.Poll(entries.AsSpan(0, waits.Count + 1), -1) > 0)
            {
                if (entries[0].Result != 0)
                {
                    Libc.ReadEvent(wakeup);
                }

                Report(waits, entries);
            }
        }
    }

    private void Report(List<PipeWait> waits, PollEntry[] entries)
    {
        for (int i = 0; i < waits.Count; i++)
        {
            short result = entries[i + 1].Result;
            if (result == 0)
            {
                continue;
            }

            lock (_gate)
            {
                if (!waits[i].IsListed)
                {
                    continue;
                }

                waits[i].IsListed = false;
                _waits.Remove(waits[i]);
                waits[i].Result = result;
            }

            _ = _inbox.TryPost(waits[i]);
        }
    }
}

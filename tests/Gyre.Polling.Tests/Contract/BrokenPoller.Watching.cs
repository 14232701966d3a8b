using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling.Tests;

// Watches. What the wrong ones know of their descriptors is kept here, and nothing of it by a poller that works.
internal sealed partial class BrokenPoller
{
    private readonly List<(SafeHandle Handle, BrokenWatch Watch)> _watched = [];
    private readonly List<(Socket Socket, BrokenWatch Watch)> _sockets = [];

    public override PollWatch Watch(Socket socket)
    {
        PollWatch watch = Guard(() => Wrap(inner.Watch(socket), socket.SafeHandle));
        if (fault == Fault.WaitMissesWhatCameBefore)
        {
            _sockets.Add((socket, (BrokenWatch)watch));
        }

        return watch;
    }

    public override PollWatch Watch(SafeHandle descriptor) => Guard(() => Wrap(inner.Watch(descriptor), descriptor));

    public override PollWatch? FindWatch(Socket socket) => Guard(() => inner.FindWatch(socket)?.State as PollWatch);

    public override PollWatch? FindWatch(SafeHandle descriptor) => inner.FindWatch(descriptor)?.State as PollWatch;

    /// <summary>Whether there is something to read for a watch.</summary>
    public bool HasInput(BrokenWatch watch) =>
        _sockets.Exists(known => known.Watch == watch && known.Socket.Poll(0, SelectMode.SelectRead));

    private BrokenWatch Wrap(PollWatch watch, SafeHandle handle)
    {
        if (fault == Fault.OneWatchForAll && _watched.Count > 0)
        {
            return _watched[0].Watch;
        }

        if (watch.State is not BrokenWatch wrapped)
        {
            wrapped = new BrokenWatch(watch, this);
            watch.State = wrapped;
        }

        if (fault is Fault.OneWatchForAll or Fault.TellsOfClosedDescriptors or Fault.KeepsWatchedDescriptors)
        {
            _watched.Add((handle, wrapped));
        }

        return wrapped;
    }

    /// <summary>What comes after a poll.</summary>
    private void TellOfClosedDescriptors()
    {
        if (fault == Fault.TellsOfClosedDescriptors)
        {
            _watched.FindAll(watched => watched.Handle.IsClosed).ForEach(watched => watched.Watch.LastInputSink?.OnReady());
        }
    }

    private T Guard<T>(Func<T> find)
    {
        try
        {
            return find();
        }
        catch (InvalidOperationException e) when (fault == Fault.MisuseIsSilent && e is not ObjectDisposedException)
        {
            return default!;
        }
        catch (ObjectDisposedException) when (fault == Fault.ClosedIsSilent)
        {
            return default!;
        }
    }
}

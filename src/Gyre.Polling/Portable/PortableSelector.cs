using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Asks the BCL which of the watched sockets are ready. It costs time with their number.</summary>
/// <remarks>The owner waits here, instead of at the inbox, while sockets are watched. A socket that sends to itself ends
/// the wait.</remarks>
internal sealed class PortableSelector : IDisposable
{
    private readonly Socket _wakeup = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly HashSet<PortableWatch> _armed = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private readonly List<Socket> _failed = [];
    private readonly byte[] _byte = new byte[1];

    public PortableSelector()
    {
        _wakeup.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wakeup.Connect(_wakeup.LocalEndPoint!);
        _wakeup.Blocking = false;
    }

    /// <summary>Whether any socket is watched.</summary>
    public bool IsNeeded => _armed.Count > 0;

    public void Add(PortableWatch watch) => _armed.Add(watch);

    public void Remove(PortableWatch watch) => _armed.Remove(watch);

    /// <summary>Ends a wait. Any thread.</summary>
    public void Wake()
    {
        try
        {
            _wakeup.Send(_byte, SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            // The poller is gone.
        }
    }

    /// <summary>Waits, and queues what is ready.</summary>
    /// <param name="nanoseconds">0 looks, -1 waits for ever.</param>
    /// <param name="ready">Takes it.</param>
    public void Select(long nanoseconds, IReadyQueue ready)
    {
        int microseconds = MicrosecondsOf(nanoseconds);
        if (!TrySelect(microseconds, leaveOutClosed: false) && !TrySelect(microseconds, leaveOutClosed: true))
        {
            return;
        }

        if (_readable.Remove(_wakeup))
        {
            _wakeup.Receive(_byte, SocketFlags.None, out _);
        }

        foreach (PortableWatch watch in _armed)
        {
            Socket? socket = watch.Held;
            bool hasFailed = socket is not null && _failed.Contains(socket);
            watch.OnSelected(
                hasFailed || (socket is not null && _readable.Contains(socket)),
                hasFailed || (socket is not null && _writable.Contains(socket)),
                ready);
        }

        Clear();
    }

    public void Dispose() => _wakeup.Dispose();

    // Whole milliseconds, because the BCL cuts the rest off where the system counts in them: the loop would spin for it.
    private static int MicrosecondsOf(long nanoseconds)
    {
        int milliseconds = Timeouts.ToMilliseconds(nanoseconds);
        return milliseconds < 0 ? -1 : (int)Math.Min(milliseconds * 1000L, int.MaxValue);
    }

    /// <summary>False when a socket was closed by its owner: nothing is known of the others then.</summary>
    private bool TrySelect(int microseconds, bool leaveOutClosed)
    {
        Collect(leaveOutClosed);
        _readable.Add(_wakeup);
        try
        {
            Socket.Select(_readable, _writable, _failed, microseconds);
            return true;
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            return false;
        }
    }

    /// <summary>Holds no socket longer than it is looked at.</summary>
    private void Clear()
    {
        _readable.Clear();
        _writable.Clear();
        _failed.Clear();
    }

    /// <param name="leaveOutClosed">Costs a system call for each socket.</param>
    private void Collect(bool leaveOutClosed)
    {
        Clear();
        foreach (PortableWatch watch in _armed)
        {
            Socket? socket = watch.Held;
            if (socket is null || (leaveOutClosed && IsDisposed(socket)))
            {
                // Nobody tells of a socket that its owner has closed.
                continue;
            }

            if (watch.InputSink is not null)
            {
                _readable.Add(socket);
            }

            if (watch.OutputSink is not null)
            {
                // A connection that failed shows here on Windows.
                _writable.Add(socket);
                _failed.Add(socket);
            }
        }
    }

    private static bool IsDisposed(Socket socket)
    {
        try
        {
            socket.Poll(0, SelectMode.SelectError);
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}

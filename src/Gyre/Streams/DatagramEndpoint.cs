using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>A datagram endpoint that is awaited, in place of a protocol.</summary>
/// <remarks>
/// <para>Loop thread only. Made by <c>Aio.OpenDatagramEndpoint</c>. asyncio has none.</para>
/// <para>Datagrams that nobody has received yet wait in a queue. When it is full, receiving pauses: the system keeps what
/// arrives as long as its own buffer has room (<see cref="System.Net.Sockets.Socket.ReceiveBufferSize"/>), and drops the
/// latest from then on. Nothing that reached the queue is dropped.</para>
/// </remarks>
public sealed class DatagramEndpoint : IDisposable
{
    private readonly LoopQueue<Arrival> _arrivals = new();
    private readonly LoopEvent _writable = new();
    private readonly int _limit;
    private Exception? _loss;
    private SocketException? _sendError;
    private bool _sending;
    private bool _hasDropped;

    private DatagramEndpoint(int limit)
    {
        _limit = limit;
        _writable.Set();
    }

    /// <summary>The transport: for options, addresses, and sending without waiting.</summary>
    public DatagramTransport Transport { get; private set; } = null!;

    /// <summary>The address of this end, or null when it has none yet.</summary>
    public EndPoint? LocalEndPoint => Transport.LocalEndPoint;

    /// <summary>Where datagrams go that are sent without an address, or null when each needs one.</summary>
    public EndPoint? RemoteEndPoint => Transport.RemoteEndPoint;

    /// <summary>How many datagrams and errors wait to be received.</summary>
    public int WaitingCount => _arrivals.Count;

    /// <summary>Waits for a datagram.</summary>
    /// <remarks>Datagrams are received in the order in which they arrived. Those that wait are still there when the
    /// endpoint is closed. On cancel: none is lost.</remarks>
    /// <exception cref="SocketException">A datagram was lost, and the system knows of it: for example, nobody listens
    /// where this endpoint is connected to. The next call goes on.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint is closed, and nothing waits.</exception>
    public async Coroutine<ReceivedDatagram> ReceiveAsync()
    {
        Arrival arrival;
        try
        {
            arrival = await _arrivals.GetAsync();
        }
        catch (QueueShutDownException)
        {
            throw Closed();
        }

        if (_arrivals.Count <= _limit / 2)
        {
            Transport.ResumeReading();
        }

        return arrival.Error is { } error ? throw error : arrival.Datagram;
    }

    /// <summary>Sends a datagram, and waits while more is unsent than the transport's high-water mark.</summary>
    /// <param name="data">The whole datagram; it may be empty. It is the caller's again as soon as this waits.</param>
    /// <param name="remote">Where to. Null for <see cref="RemoteEndPoint"/>.</param>
    /// <remarks>Datagrams are sent in the order of the calls. On cancel: the datagram is sent nevertheless.</remarks>
    /// <exception cref="SocketException">It cannot be sent: it is too long, for example, or there is no way
    /// there.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint is closed, or was aborted while datagrams were
    /// unsent.</exception>
    /// <exception cref="ArgumentException">As in <c>DatagramTransport.SendTo</c>.</exception>
    public async Coroutine SendAsync(ReadOnlyMemory<byte> data, EndPoint? remote = null)
    {
        if (Transport.IsClosing)
        {
            throw Closed();
        }

        _sending = true;
        try
        {
            Transport.SendTo(data, remote);
        }
        finally
        {
            _sending = false;
        }

        if (_sendError is { } error)
        {
            _sendError = null;
            throw error;
        }

        await _writable.WaitAsync();
        if (_hasDropped)
        {
            throw Closed();
        }
    }

    /// <summary>Closes the endpoint after what was given has been sent. Those who wait for a datagram hear of
    /// it.</summary>
    public void Close() => Transport.Close();

    /// <summary>As <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    /// <summary>Opens an endpoint.</summary>
    internal static async Coroutine<DatagramEndpoint> OpenAsync(
        EventLoop loop, EndPoint? local, EndPoint? remote, DatagramOptions? options, int limit)
    {
        var endpoint = new DatagramEndpoint(limit);
        await loop.CreateDatagramEndpoint(() => new Receiver(endpoint), local, remote, options);
        return endpoint;
    }

    private Exception Closed() =>
        _loss ?? new ObjectDisposedException(nameof(DatagramEndpoint), "The datagram endpoint is closed.");

    private void Add(Arrival arrival)
    {
        _arrivals.TryPut(arrival);
        if (_arrivals.Count >= _limit)
        {
            Transport.PauseReading();
        }
    }

    /// <summary>What arrived: a datagram, or the news that one was lost.</summary>
    private readonly record struct Arrival(ReceivedDatagram Datagram, SocketException? Error);

    /// <summary>The protocol behind it.</summary>
    private sealed class Receiver(DatagramEndpoint endpoint) : DatagramProtocol
    {
        public override void ConnectionMade(DatagramTransport transport) => endpoint.Transport = transport;

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint from) =>
            endpoint.Add(new Arrival(new ReceivedDatagram(data.ToArray(), from), null));

        public override void ErrorReceived(SocketException error)
        {
            if (endpoint._sending)
            {
                // Of the datagram that is just being sent: its sender hears of it.
                endpoint._sendError = error;
            }
            else
            {
                endpoint.Add(new Arrival(default, error));
            }
        }

        public override void PauseWriting() => endpoint._writable.Clear();

        public override void ResumeWriting() => endpoint._writable.Set();

        public override void ConnectionLost(Exception? error)
        {
            endpoint._loss = error;

            // Who waits for room now waits for datagrams that were dropped.
            endpoint._hasDropped = !endpoint._writable.IsSet;
            endpoint._arrivals.Shutdown();
            endpoint._writable.Set();
        }
    }
}

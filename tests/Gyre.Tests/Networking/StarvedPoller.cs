using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre.Tests.Networking;

/// <summary>A poller whose listeners fail to accept while it is starved, as they do when no descriptor is
/// left.</summary>
internal sealed class StarvedPoller(Poller inner, ManualClock? clock = null) : Poller
{
    /// <summary>What is on its way gets this long, of the machine's time, before the clock moves.</summary>
    private const long GraceNanoseconds = 1_000_000;

    public bool IsStarved { get; set; }

    public int FailedAccepts { get; private set; }

    public override string BackendName => inner.BackendName;

    public override bool HasOperations => inner.HasOperations;

    /// <summary>With a clock of the test's, waits for I/O as ever; where nothing comes, the time passes at
    /// once.</summary>
    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        if (clock is null || timeoutNanoseconds <= 0)
        {
            inner.Poll(timeoutNanoseconds, ready);
            return;
        }

        var counting = new CountingQueue(ready);
        inner.Poll(Math.Min(timeoutNanoseconds, GraceNanoseconds), counting);
        if (counting.Count == 0)
        {
            clock.Advance(timeoutNanoseconds);
        }
    }

    public override void Wake() => inner.Wake();

    public override PollSocket Attach(Socket socket) => new Listener(this, inner.Attach(socket));

    public override PollSocket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol) =>
        inner.CreateSocket(family, type, protocol);

    public override PollWatch Watch(Socket socket) => inner.Watch(socket);

    public override PollWatch Watch(SafeHandle descriptor) => inner.Watch(descriptor);

    public override PollWatch? FindWatch(Socket socket) => inner.FindWatch(socket);

    public override PollWatch? FindWatch(SafeHandle descriptor) => inner.FindWatch(descriptor);

    protected override void Dispose(bool disposing) => inner.Dispose();

    private sealed class CountingQueue(IReadyQueue queue) : IReadyQueue
    {
        public int Count { get; private set; }

        public void Enqueue(PollOperation operation)
        {
            Count++;
            queue.Enqueue(operation);
        }
    }

    /// <summary>Hands everything on, but the connections that cannot be accepted.</summary>
    private sealed class Listener(StarvedPoller poller, PollSocket socket) : PollSocket, IAcceptSink
    {
        private IAcceptSink? _sink;
        private PollSocket? _waiting;

        public override Socket Socket => socket.Socket;

        public override bool IsClosed => socket.IsClosed;

        public override bool NoDelay { get => socket.NoDelay; set => socket.NoDelay = value; }

        public override void StartAccepting(IAcceptSink sink)
        {
            if (_waiting is { } connection && poller.IsStarved)
            {
                Refuse(sink, connection);
                return;
            }

            _sink = sink;
            socket.StartAccepting(this);
            if (_waiting is { } freed)
            {
                _waiting = null;
                sink.OnAccepted(freed);
            }
        }

        public override void StopAccepting() => socket.StopAccepting();

        public void OnAccepted(PollSocket connection)
        {
            if (!poller.IsStarved)
            {
                _sink!.OnAccepted(connection);
                return;
            }

            socket.StopAccepting();
            Refuse(_sink!, connection);
        }

        public void OnAcceptFailed(SocketError error) => _sink!.OnAcceptFailed(error);

        public override void Close(bool abort)
        {
            _waiting?.Close(abort: true);
            socket.Close(abort);
        }

        public override void Connect(EndPoint remote, IConnectSink sink) => throw new NotSupportedException();

        public override void StartReceiving(IReceiveSink sink) => throw new NotSupportedException();

        public override void StopReceiving() => throw new NotSupportedException();

        public override int TrySend(ReadOnlySpan<byte> data, out SocketError error) => throw new NotSupportedException();

        public override void Send(ReadOnlyMemory<byte> data, ISendSink sink) => throw new NotSupportedException();

        public override void StartReceivingFrom(IDatagramSink sink) => throw new NotSupportedException();

        public override SocketError TrySendTo(ReadOnlySpan<byte> data, EndPoint? remote) =>
            throw new NotSupportedException();

        public override void SendTo(ReadOnlyMemory<byte> data, EndPoint? remote, ISendSink sink) =>
            throw new NotSupportedException();

        public override SocketError Shutdown(SocketShutdown how) => throw new NotSupportedException();

        private void Refuse(IAcceptSink sink, PollSocket connection)
        {
            _waiting = connection;
            poller.FailedAccepts++;
            sink.OnAcceptFailed(SocketError.TooManyOpenSockets);
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Tests.Streams;

/// <summary>A backend of this machine that notes into which memory the sockets that it has made receive.</summary>
internal sealed class LendingPoller(Poller inner) : Poller
{
    /// <summary>The memory of each receive, as far as it was filled. What came through a buffer of the backend's own is
    /// empty here.</summary>
    public List<Memory<byte>> Filled { get; } = [];

    public override string BackendName => inner.BackendName;

    public override bool HasOperations => inner.HasOperations;

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready) => inner.Poll(timeoutNanoseconds, ready);

    public override void Wake() => inner.Wake();

    public override PollSocket Attach(Socket socket) => inner.Attach(socket);

    public override PollSocket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol) =>
        new LendingSocket(this, inner.CreateSocket(family, type, protocol));

    protected override void Dispose(bool disposing) => inner.Dispose();

    private sealed class LendingSocket(LendingPoller poller, PollSocket socket) : PollSocket
    {
        public override Socket Socket => socket.Socket;

        public override bool IsClosed => socket.IsClosed;

        public override bool NoDelay { get => socket.NoDelay; set => socket.NoDelay = value; }

        public override void Connect(EndPoint remote, IConnectSink sink) => socket.Connect(remote, sink);

        public override void StartAccepting(IAcceptSink sink) => socket.StartAccepting(sink);

        public override void StopAccepting() => socket.StopAccepting();

        public override void StartReceiving(IReceiveSink sink) =>
            socket.StartReceiving(new LendingSink(poller, Assert.IsType<IBufferedReceiveSink>(sink, exactMatch: false)));

        public override void StopReceiving() => socket.StopReceiving();

        public override int TrySend(ReadOnlySpan<byte> data, out SocketError error) => socket.TrySend(data, out error);

        public override void Send(ReadOnlyMemory<byte> data, ISendSink sink) => socket.Send(data, sink);

        public override void StartReceivingFrom(IDatagramSink sink) => socket.StartReceivingFrom(sink);

        public override SocketError TrySendTo(ReadOnlySpan<byte> data, EndPoint? remote) =>
            socket.TrySendTo(data, remote);

        public override void SendTo(ReadOnlyMemory<byte> data, EndPoint? remote, ISendSink sink) =>
            socket.SendTo(data, remote, sink);

        public override SocketError Shutdown(SocketShutdown how) => socket.Shutdown(how);

        public override void Close(bool abort) => socket.Close(abort);
    }

    private sealed class LendingSink(LendingPoller poller, IBufferedReceiveSink sink) : IBufferedReceiveSink
    {
        private Memory<byte> _lent;

        public Memory<byte> GetReceiveBuffer(int sizeHint) => _lent = sink.GetReceiveBuffer(sizeHint);

        public void OnReceived(int count)
        {
            poller.Filled.Add(_lent[..count]);
            sink.OnReceived(count);
        }

        public void OnReceived(ReadOnlySpan<byte> data)
        {
            poller.Filled.Add(default);
            sink.OnReceived(data);
        }

        public void OnEndOfInput() => sink.OnEndOfInput();

        public void OnReceiveFailed(SocketError error) => sink.OnReceiveFailed(error);
    }
}

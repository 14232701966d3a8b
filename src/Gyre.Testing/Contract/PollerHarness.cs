using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>A loop that does nothing but poll and execute, on the caller's thread.</summary>
internal sealed class PollerHarness : IDisposable, IReadyQueue
{
    private readonly Queue<PollOperation> _ready = new();
    private readonly List<IDisposable> _owned = [];

    public PollerHarness(Poller poller, TimeSpan? patience = null)
    {
        Poller = poller;
        Patience = patience ?? TimeSpan.FromMinutes(2);
    }

    public Poller Poller { get; }

    /// <summary>How long to wait for one thing to happen.</summary>
    public TimeSpan Patience { get; }

    /// <summary>How many operations were handed over in all.</summary>
    public int Enqueued { get; private set; }

    public void Enqueue(PollOperation operation)
    {
        Enqueued++;
        _ready.Enqueue(operation);
    }

    /// <summary>Polls without executing what became ready.</summary>
    public int PollOnly(long timeoutNanoseconds)
    {
        Poller.Poll(timeoutNanoseconds, this);
        return _ready.Count;
    }

    /// <summary>Polls until something is ready, and executes none of it.</summary>
    public void PollUntilReady()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (PollOnly(timeoutNanoseconds: 10_000_000) == 0)
        {
            AssertPatience(start, "Nothing became ready.");
        }
    }

    /// <summary>Executes what a poll handed over, and nothing that comes after it.</summary>
    public void ExecuteReady()
    {
        for (int count = _ready.Count; count > 0; count--)
        {
            _ready.Dequeue().Execute();
        }
    }

    /// <summary>One turn of a loop.</summary>
    public void Turn(long timeoutNanoseconds = 0)
    {
        Poller.Poll(timeoutNanoseconds, this);
        ExecuteReady();
    }

    /// <summary>Turns until the condition holds. Fails when it does not come to hold.</summary>
    /// <param name="condition">Looked at before each turn. It may move things on itself, and each turn should not
    /// wait then.</param>
    /// <param name="timeoutNanoseconds">How long a turn waits at the most.</param>
    public void RunUntil(Func<bool> condition, long timeoutNanoseconds = 10_000_000)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            AssertPatience(start, "The condition did not come to hold.");
            Turn(timeoutNanoseconds);
        }
    }

    /// <summary>Turns a few times without waiting, so that what could happen by now has happened.</summary>
    public void Settle()
    {
        for (int i = 0; i < 5; i++)
        {
            Turn(timeoutNanoseconds: 1_000_000);
        }
    }

    /// <summary>Has something disposed with the harness, after the poller.</summary>
    public T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>A listener on loopback, of the BCL, not attached.</summary>
    public Socket Listen(int backlog = 128)
    {
        Socket listener = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog);
        return listener;
    }

    /// <summary>A connection: one end on the poller, the other a blocking socket of the BCL.</summary>
    public (PollSocket Socket, Socket Peer) Connect(Action<Socket>? configure = null)
    {
        using Socket listener = Listen();
        Socket peer = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        configure?.Invoke(peer);
        configure?.Invoke(listener);
        peer.Connect(listener.LocalEndPoint!);
        return (Poller.Attach(listener.Accept()), peer);
    }

    /// <summary>A connection with both ends on the poller, accepted and connected by it.</summary>
    public (PollSocket Server, PollSocket Client) ConnectBoth()
    {
        Socket listening = Listen();
        EndPoint address = listening.LocalEndPoint!;
        PollSocket listener = Poller.Attach(listening);
        var accepted = new AcceptRecorder();
        listener.StartAccepting(accepted);
        PollSocket client = Poller.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var connected = new ConnectRecorder();
        client.Connect(address, connected);
        RunUntil(() => connected.IsDone && accepted.Connections.Count == 1);
        Expect.Equal(SocketError.Success, connected.Error);
        listener.Close(abort: false);
        return (accepted.Connections[0], client);
    }

    public void Dispose()
    {
        Poller.Dispose();
        foreach (IDisposable disposable in _owned)
        {
            disposable.Dispose();
        }
    }

    private void AssertPatience(long start, string message) =>
        Expect.True(TimeProvider.System.GetElapsedTime(start) < Patience, message);
}

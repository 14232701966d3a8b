using System.Net.Sockets;

namespace Gyre.Polling.Tests;

public sealed class SocketTableTests : IDisposable
{
    private readonly Poller? _poller;

    public SocketTableTests()
    {
        Assert.SkipUnless(Poller.IsSupported(PollerBackend.Epoll), "This machine has no epoll.");
        _poller = Poller.Create(PollerBackend.Epoll);
    }

    private SocketTable<EpollSocket> Table => ((EpollPoller)_poller!).Sockets;

    public void Dispose() => _poller?.Dispose();

    [Fact]
    public void Find_KeyOfARemovedSocket_FindsNothingAlthoughItsSlotIsTaken()
    {
        EpollSocket first = NewSocket();
        first.Close(abort: false);
        EpollSocket second = NewSocket();
        Assert.Equal((uint)first.Key, (uint)second.Key);
        Assert.NotEqual(first.Key, second.Key);
        Assert.Null(Table.Find(first.Key));
        Assert.Same(second, Table.Find(second.Key));
        Assert.Equal(1, Table.Count);
    }

    [Fact]
    public void Find_KeyThatWasNeverGiven_FindsNothing()
    {
        NewSocket();
        Assert.Null(Table.Find(ulong.MaxValue));
    }

    [Fact]
    public void Add_ManySockets_EachIsFoundUnderItsKey()
    {
        EpollSocket[] sockets = [.. Enumerable.Range(0, 100).Select(_ => NewSocket())];
        Assert.Equal(100, sockets.Select(socket => socket.Key).Distinct().Count());
        Assert.All(sockets, socket => Assert.Same(socket, Table.Find(socket.Key)));
        Array.ForEach(sockets, socket => socket.Close(abort: false));
        Assert.All(sockets, socket => Assert.Null(Table.Find(socket.Key)));
        Assert.Equal(0, Table.Count);
        Assert.Empty(Table.ToArray());
    }

    private EpollSocket NewSocket() =>
        (EpollSocket)_poller!.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}

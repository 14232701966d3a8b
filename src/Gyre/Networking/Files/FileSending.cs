using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

/// <summary>A file on its way through a socket without the program's help: what the transport and the coroutine that
/// sends it tell each other.</summary>
internal sealed class FileSending(EventLoop loop, FileSource source) : ISendSink
{
    private readonly WaitFuture _wait = new(loop);
    private bool _isLost;
    private Exception? _lossReason;

    /// <summary>Whether the socket has a piece of the file.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>What became of the last piece.</summary>
    public SocketError Error { get; private set; }

    /// <summary>How many bytes of it went out.</summary>
    public int Count { get; private set; }

    /// <summary>Wakes the coroutine: the output before the file is empty.</summary>
    public void Wake() => _wait.Release();

    /// <summary>The connection is lost: nothing more goes out.</summary>
    public void OnLost(Exception? error)
    {
        _isLost = true;
        _lossReason = error;
        _wait.Release();
    }

    /// <summary>Waits for one of the above, or for a piece.</summary>
    public async Coroutine WaitAsync()
    {
        await _wait;
        _wait.Reset();
        ThrowIfLost();
    }

    /// <summary>Sends the next piece.</summary>
    public async Coroutine SendAsync(PollSocket socket)
    {
        ThrowIfLost();
        socket.SendFile(source.Handle!, source.Position, source.Rest, this);
        IsUnderWay = true;
        await WaitAsync();
    }

    void ISendSink.OnSent(int count, SocketError error)
    {
        // Counted here, and not where it is awaited: a cancellation may come before.
        IsUnderWay = false;
        source.Sent += count;
        Count = count;
        Error = error;
        _wait.Release();
    }

    private void ThrowIfLost()
    {
        if (_isLost)
        {
            throw _lossReason ?? FileFallback.Closed();
        }
    }
}

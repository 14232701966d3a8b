using System.Net.Sockets;

namespace Gyre;

/// <summary>Ties a transport to a reader and a writer. asyncio: <c>StreamReaderProtocol</c>.</summary>
/// <remarks>
/// The poller holds the transport, and the transport this. So this holds the reader weakly: a connection whose
/// reader and writer nobody holds can be found by the garbage collector, and closed.
/// </remarks>
internal sealed class StreamProtocol : ReadingProtocol
{
    private readonly EventLoop _loop;
    private readonly WeakReference<LoopStreamReader> _reader;
    private readonly Func<LoopStreamReader, LoopStreamWriter, Coroutine>? _onClient;
    private readonly WakeList _drainWaiters;
    private readonly WakeList _closeWaiters;

    // Until the client's coroutine holds it.
    private LoopStreamReader? _newReader;
    private Transport? _transport;
    private bool _writingPaused;
    private bool _lost;
    private Exception? _error;

    /// <summary>A protocol of a connection that this side opens, or, with a callback, of one that a server
    /// accepted.</summary>
    public StreamProtocol(
        EventLoop loop, LoopStreamReader reader, Func<LoopStreamReader, LoopStreamWriter, Coroutine>? onClient = null)
    {
        _loop = loop;
        _reader = new WeakReference<LoopStreamReader>(reader);
        _onClient = onClient;
        _newReader = onClient is null ? null : reader;
        _drainWaiters = new WakeList(loop);
        _closeWaiters = new WakeList(loop);
    }

    /// <summary>Whether writing need not wait.</summary>
    public bool IsWritable => !_writingPaused && !_lost;

    public override void ConnectionMade(Transport transport)
    {
        _transport = transport;
        if (_reader.TryGetTarget(out LoopStreamReader? reader))
        {
            reader.SetTransport(transport);
        }

        if (_onClient is not null)
        {
            StartClient(transport, _newReader!);
            _newReader = null;
        }
    }

    /// <summary>TLS was started: the connection goes on with the transport that encrypts it.</summary>
    public void ReplaceTransport(Transport transport)
    {
        _transport = transport;
        if (_reader.TryGetTarget(out LoopStreamReader? reader))
        {
            reader.SetTransport(transport);
        }
    }

    public override void DataReceived(ReadOnlySpan<byte> data)
    {
        if (_reader.TryGetTarget(out LoopStreamReader? reader))
        {
            reader.FeedData(data);
        }
    }

    internal override int LoadAhead() =>
        _reader.TryGetTarget(out LoopStreamReader? reader) ? reader.LoadAhead() : 0;

    internal override Memory<byte> WantedInput =>
        _reader.TryGetTarget(out LoopStreamReader? reader) ? reader.WantedInput : default;

    internal override void OnWantedInput(int count)
    {
        // It was there a moment ago, and waits: so it still is.
        if (_reader.TryGetTarget(out LoopStreamReader? reader))
        {
            reader.OnWantedInput(count);
        }
    }

    internal override void OnInput(ReadOnlySpan<byte> data)
    {
        if (_reader.TryGetTarget(out LoopStreamReader? reader))
        {
            reader.OnInput(data);
        }
    }

    public override bool EofReceived()
    {
        if (_reader.TryGetTarget(out LoopStreamReader? reader))
        {
            reader.FeedEof();
        }

        // The other direction goes on, where it can.
        return _transport!.CanWriteEof;
    }

    public override void ConnectionLost(Exception? error)
    {
        _lost = true;
        _error = error;
        if (_reader.TryGetTarget(out LoopStreamReader? reader))
        {
            if (error is null)
            {
                reader.FeedEof();
            }
            else
            {
                reader.SetException(error);
            }
        }

        _drainWaiters.ReleaseAll();
        _closeWaiters.ReleaseAll();
    }

    public override void PauseWriting() => _writingPaused = true;

    public override void ResumeWriting()
    {
        _writingPaused = false;
        _drainWaiters.ReleaseAll();
    }

    public async Coroutine DrainAsync()
    {
        while (_writingPaused && !_lost)
        {
            await _drainWaiters.WaitAsync();
        }

        ThrowIfLost();
    }

    public void ThrowIfLost()
    {
        if (_lost)
        {
            throw _error ?? new SocketException(
                (int)SocketError.ConnectionReset, "The connection is closed. What is written to it now is dropped.");
        }
    }

    /// <summary>Adds a waiter that is released when writing may go on, or the connection is lost.</summary>
    public void AddDrainWaiter(WaitFuture waiter) => _drainWaiters.Add(waiter);

    public void RemoveDrainWaiter(WaitFuture waiter) => _drainWaiters.Remove(waiter);

    public async Coroutine WaitClosedAsync()
    {
        while (!_lost)
        {
            await _closeWaiters.WaitAsync();
        }

        if (_error is not null)
        {
            throw _error;
        }
    }

    private void StartClient(Transport transport, LoopStreamReader reader)
    {
        var writer = new LoopStreamWriter(transport, this, reader);
        LoopTask task;
        try
        {
            task = _loop.CreateTask(_onClient!(reader, writer));
        }
        catch (Exception e)
        {
            OnClientFailed(e, null);
            return;
        }

        task.AddDoneCallback(OnClientDone);
    }

    /// <summary>The client's coroutine has ended. If it did well, the connection is its own affair.</summary>
    private void OnClientDone(Future task)
    {
        if (task.IsCancelled)
        {
            _transport!.Close();
        }
        else if (task.Exception is { } error)
        {
            OnClientFailed(error, task);
        }
    }

    private void OnClientFailed(Exception error, Future? task)
    {
        _loop.CallExceptionHandler(new ExceptionContext
        {
            Message = $"The coroutine that served {_transport} threw an exception. The connection was closed.",
            Exception = error,
            Source = task,
        });
        _transport!.Close();
    }
}

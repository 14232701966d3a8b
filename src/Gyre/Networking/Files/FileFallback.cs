using System.Net.Sockets;

namespace Gyre;

/// <summary>Sends a file by reading and writing it. Until it is sent, this is the transport's protocol: it has to know when
/// writing may go on. What else there is to hear goes to the real protocol.</summary>
internal sealed class FileFallback : Protocol
{
    private readonly Transport _transport;
    private readonly Protocol _protocol;
    private readonly WaitFuture _wait;
    private readonly bool _wasReading;
    private readonly bool _wasPaused;
    private bool _isPaused;
    private bool _isLost;
    private Exception? _lossReason;

    private FileFallback(Transport transport)
    {
        _transport = transport;
        _protocol = transport.Protocol;
        _wait = new WaitFuture(transport.Loop);
        _wasReading = transport.IsReading;
        _wasPaused = _isPaused = transport.IsWritingPaused;
        transport.PauseReading();
        transport.Protocol = this;
    }

    public static async Coroutine SendAsync(Transport transport, FileSource source)
    {
        source.Seek();
        var fallback = new FileFallback(transport);
        try
        {
            while (source.Rest > 0)
            {
                ReadOnlyMemory<byte> block = await source.ReadAsync(transport.Loop);
                if (block.IsEmpty)
                {
                    break;
                }

                fallback.ThrowIfLost();
                transport.Write(block.Span);
                source.Sent += block.Length;
                await fallback.DrainAsync();
            }
        }
        finally
        {
            fallback.Restore();
        }
    }

    /// <summary>Throws when a file is being sent through a transport in this way.</summary>
    public static void ThrowIfUnderWay(Transport transport)
    {
        if (transport.Protocol is FileFallback)
        {
            throw new InvalidOperationException(
                "A file is being sent through this connection (sendfile is in progress). Await that before you send the next.");
        }
    }

    /// <summary>The error of a connection that was closed, by whichever side, before the file had gone out.</summary>
    public static SocketException Closed() => new(
        (int)SocketError.ConnectionAborted, "The connection was closed while a file was being sent.");

    public override void DataReceived(ReadOnlySpan<byte> data) => _protocol.DataReceived(data);

    public override bool EofReceived() => _protocol.EofReceived();

    public override void PauseWriting() => _isPaused = true;

    public override void ResumeWriting()
    {
        _isPaused = false;
        _wait.Release();
    }

    public override void ConnectionLost(Exception? error)
    {
        _isLost = true;
        _lossReason = error;
        _wait.Release();
        _protocol.ConnectionLost(error);
    }

    private async Coroutine DrainAsync()
    {
        while (_isPaused && !_isLost)
        {
            await _wait;
            _wait.Reset();
        }

        ThrowIfLost();
    }

    private void ThrowIfLost()
    {
        if (_isLost || _transport.IsClosing)
        {
            throw _lossReason ?? Closed();
        }
    }

    /// <summary>Gives the transport back to its protocol, which hears of what has changed.</summary>
    private void Restore()
    {
        if (_isLost)
        {
            return;
        }

        // The program may have given the connection another protocol meanwhile, which is not told of what came before.
        bool isReplaced = !ReferenceEquals(_transport.Protocol, this);
        if (!isReplaced)
        {
            _transport.Protocol = _protocol;
        }

        if (_wasReading)
        {
            _transport.ResumeReading();
        }

        if (isReplaced)
        {
            return;
        }

        if (_wasPaused && !_isPaused)
        {
            _protocol.ResumeWriting();
        }
        else if (_isPaused && !_wasPaused)
        {
            _protocol.PauseWriting();
        }
    }
}

using System.Net.Sockets;

namespace Gyre;

// Files: between two pieces of ordinary output, sent by the system itself.
internal sealed partial class SocketTransport
{
    private FileSending? _fileSending;

    /// <summary>Whether the system can send files through this connection.</summary>
    public bool CanSendFiles => !_socket.IsClosed && _socket.CanSendFiles;

    /// <summary>Sends a file behind what was written before. Meanwhile nothing else can be written, and input is
    /// paused.</summary>
    /// <returns>False when the system cannot send this file.</returns>
    public async Coroutine<bool> SendFileAsync(FileSource source)
    {
        ThrowIfSendingFile();
        ThrowIfEofWritten();
        var sending = new FileSending(Loop, source);
        _fileSending = sending;
        bool wasReading = IsReading;
        PauseReading();
        try
        {
            while (_output.Length > 0)
            {
                await sending.WaitAsync();
            }

            while (source.Rest > 0)
            {
                await sending.SendAsync(_socket);
                if (sending.Error == SocketError.OperationNotSupported)
                {
                    return false;
                }

                if (sending.Error != SocketError.Success)
                {
                    var error = new SocketException((int)sending.Error);
                    Lose(error);
                    throw error;
                }

                if (sending.Count == 0)
                {
                    break;
                }
            }

            return true;
        }
        finally
        {
            _fileSending = null;
            if (sending.IsUnderWay)
            {
                // Cancelled. What has not gone out stays in the file.
                _socket.StopSendingFile();
            }

            if (wasReading)
            {
                ResumeReading();
            }
        }
    }

    private void ThrowIfSendingFile()
    {
        if (_fileSending is not null)
        {
            ThrowSendingFile();
        }
    }

    // Apart, so that the check is small enough to be inlined into the hot path.
    private static void ThrowSendingFile() => throw new InvalidOperationException(
        "A file is being sent through this connection (sendfile is in progress). Await that before you write.");
}

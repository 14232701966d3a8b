using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Gyre;

internal sealed partial class TlsTransport
{
    /// <summary>The most that one TLS record holds; SslStream never gives more at a time.</summary>
    private const int RecordLengthMax = 16 * 1024;

    /// <summary>Above this much unread ciphertext the lower transport is paused.</summary>
    private const int BufferedCiphertextMax = 256 * 1024;

    /// <summary>How many records are delivered in one turn. The rest comes with the next one.</summary>
    private const int RecordsPerTurnMax = 16;

    private readonly ReadItem _onRead;
    private byte[]? _plaintext;
    private int _plaintextCount;
    private ValueTask<int> _read;
    private bool _reading;
    private bool _readingPaused;
    private bool _inputEnded;

    public override bool IsReading => !IsClosing && !_readingPaused;

    internal override bool IsInputEnded => _inputEnded;

    /// <summary>Whether records are to be read: for the protocol, or, once this side has closed, to find the peer's
    /// end among them. What comes before it is dropped.</summary>
    private bool WantsRecords =>
        !_inputEnded && (_state == TlsState.Open ? !_readingPaused : _state is TlsState.Flushing or TlsState.ShuttingDown);

    public override void PauseReading()
    {
        Loop.AssertOnLoop();
        if (IsReading)
        {
            _readingPaused = true;
        }
    }

    public override void ResumeReading()
    {
        Loop.AssertOnLoop();
        if (!IsClosing && _readingPaused)
        {
            _readingPaused = false;
            if (_state == TlsState.Open)
            {
                QueueRead();
            }
        }
    }

    /// <summary>Has reading begin in a turn of its own: the protocol is never called from inside its own
    /// call.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "Stands for a read that was not made; it is asked once.")]
    private void QueueRead()
    {
        if (!_reading)
        {
            _reading = true;
            _read = new ValueTask<int>(-1);
            Queue(_onRead);
        }
    }

    private void OnCiphertext(ReadOnlySpan<byte> data)
    {
        _cipher.Feed(data);
        if (_cipher.Buffered > BufferedCiphertextMax)
        {
            _lower.PauseReading();
        }
    }

    /// <summary>Delivers what has been decrypted, then waits for more.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "The field is taken, and its result asked for, once.")]
    private void ReadMore()
    {
        for (int i = 0; WantsRecords && !_reading; i++)
        {
            _plaintext ??= GC.AllocateUninitializedArray<byte>(RecordLengthMax);
            _read = _ssl.ReadAsync(_plaintext);
            _reading = true;
            if (!_read.IsCompleted)
            {
                QueueWhenDone(_read.ConfigureAwait(false).GetAwaiter(), _onRead);
            }
            else if (i >= RecordsPerTurnMax)
            {
                Queue(_onRead);
            }
            else
            {
                FinishRead();
            }
        }

        if (_cipher.Buffered <= BufferedCiphertextMax / 4)
        {
            _lower.ResumeReading();
        }
    }

    private void FinishRead()
    {
        ValueTask<int> read = _read;
        _read = default;
        _reading = false;
        int count;
        try
        {
            count = read.Result;
        }
        catch (Exception e)
        {
            OnReadFailed(e);
            return;
        }

        if (count == 0)
        {
            OnEndOfInput();
        }
        else if (count > 0 && _state == TlsState.ShuttingDown)
        {
            OnDropped(count);
        }
        else if (count > 0 && _state == TlsState.Open)
        {
            _plaintextCount = count;
            Call(
                static (protocol, self) => protocol.DataReceived(self._plaintext.AsSpan(0, self._plaintextCount)),
                nameof(Gyre.Protocol.DataReceived));
        }
    }

    private void OnReadFailed(Exception error)
    {
        if (_state == TlsState.Open)
        {
            Lose(error);
            return;
        }

        // This side has closed: what the peer sends, or fails to send, makes no difference any more.
        _inputEnded = true;
        MaybeFinishShutdown();
    }

    private void OnEndOfInput()
    {
        _inputEnded = true;
        if (_state != TlsState.Open)
        {
            MaybeFinishShutdown();
            return;
        }

        if (_cipher.EndWasRead)
        {
            // The bytes ended, but the peer never said so in TLS: somebody may have cut them off.
            Lose(ConnectionCut());
            return;
        }

        // TLS has no half-close in asyncio, so what the protocol answers makes no difference.
        Call(static (protocol, _) => protocol.EofReceived(), nameof(Gyre.Protocol.EofReceived));
        Close();
    }

    private sealed class ReadItem(TlsTransport tls) : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            Debug.Assert(tls._reading, "One read is under way at a time.");
            tls.FinishRead();
            tls.ReadMore();
        }
    }
}

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
    private ValueTask<int> _read;
    private bool _reading;
    private bool _readingPaused;
    private bool _inputEnded;

    public override bool IsReading => !IsClosing && !_readingPaused;

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
            if (!_reading && _state == TlsState.Open)
            {
                // Not from inside this call: the protocol is called in its own turn.
                _reading = true;
                _read = new ValueTask<int>(-1);
                Loop.Ready.Enqueue(_onRead, null, null, null);
            }
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
        for (int i = 0; _state == TlsState.Open && !_readingPaused && !_reading && !_inputEnded; i++)
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
                Loop.Ready.Enqueue(_onRead, null, null, null);
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
            Lose(e);
            return;
        }

        if (count == 0)
        {
            OnEndOfInput();
        }
        else if (count > 0)
        {
            Call((protocol, self) => protocol.DataReceived(_plaintext.AsSpan(0, count)), nameof(Gyre.Protocol.DataReceived));
        }
    }

    private void OnEndOfInput()
    {
        _inputEnded = true;
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

using System.Diagnostics.CodeAnalysis;

namespace Gyre;

internal sealed partial class TlsTransport
{
    private readonly WrittenItem _onWritten;
    private PlainBuffer _pending = new();
    private PlainBuffer _active = new();
    private WriteFlow _flow = new();
    private ValueTask _write;
    private bool _writing;
    private bool _hasLostOutput;

    public override bool CanWriteEof => false;

    public override long WriteBufferSize => _pending.Length + _active.Length;

    public override (int Low, int High) WriteBufferLimits => (_flow.Low, _flow.High);

    internal override bool IsWritingPaused => _flow.IsPaused;

    public override void SetWriteBufferLimits(int? high = null, int? low = null)
    {
        Loop.AssertOnLoop();
        _flow.SetLimits(high, low);
        UpdateFlow();
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        ThrowIfCovered();
        WriteFromUpper(data);
    }

    internal override void WriteFromUpper(ReadOnlySpan<byte> data)
    {
        Loop.AssertOnLoop();
        if (!IsClosing && !data.IsEmpty)
        {
            _pending.Append(data);
            WriteMore();
        }
    }

    public override void WriteLines(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ThrowIfCovered();
        Loop.AssertOnLoop();
        if (IsClosing)
        {
            return;
        }

        try
        {
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                _pending.Append(piece.Span);
            }
        }
        finally
        {
            WriteMore();
        }
    }

    public override void WriteEof() => throw new NotSupportedException(
        "A TLS connection ends in both directions at once. Use Close.");

    /// <summary>Encrypts what is pending. SslStream takes it at once, unless the lower transport is full.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "The field is taken, and its result asked for, once.")]
    private void WriteMore()
    {
        while (_pending.Length > 0 && !_writing && _state is (TlsState.Open or TlsState.Flushing))
        {
            (_pending, _active) = (_active, _pending);
            _write = _ssl.WriteAsync(_active.Written);
            _writing = true;
            if (!_write.IsCompleted)
            {
                QueueWhenDone(_write.ConfigureAwait(false).GetAwaiter(), _onWritten);
                break;
            }

            FinishWrite();
        }

        UpdateFlow();
        if (_state == TlsState.Flushing && !_writing)
        {
            BeginShutdown();
        }
    }

    private void FinishWrite()
    {
        ValueTask write = _write;
        _write = default;
        _writing = false;
        _active.Clear();
        try
        {
            write.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Lose(e);
        }
    }

    private void UpdateFlow()
    {
        long size = WriteBufferSize;
        if (_flow.MustPause(size))
        {
            Call(static (protocol, _) => protocol.PauseWriting(), nameof(Gyre.Protocol.PauseWriting));
        }
        else if (_flow.MustResume(size))
        {
            Call(static (protocol, _) => protocol.ResumeWriting(), nameof(Gyre.Protocol.ResumeWriting));
        }
    }

    private sealed class WrittenItem(TlsTransport tls) : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            tls.FinishWrite();
            tls.WriteMore();
        }
    }

    /// <summary>Bytes that wait to be encrypted. Two of these change places, so that steady writing allocates
    /// nothing.</summary>
    private sealed class PlainBuffer
    {
        private const int RetainedCapacityMax = 256 * 1024;

        private byte[] _bytes = [];

        public int Length { get; private set; }

        public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

        public void Append(ReadOnlySpan<byte> data)
        {
            if (_bytes.Length - Length < data.Length)
            {
                Array.Resize(ref _bytes, Math.Max(Length + data.Length, 2 * _bytes.Length));
            }

            data.CopyTo(_bytes.AsSpan(Length));
            Length += data.Length;
        }

        public void Clear()
        {
            Length = 0;
            if (_bytes.Length > RetainedCapacityMax)
            {
                _bytes = [];
            }
        }
    }
}

using System.Diagnostics;
using System.Net.Sockets;

namespace Gyre.Polling;

// Input. Facts 4 and 5 of UringPoller.
//
// Invariant: pieces that the kernel received come before everything that is still in the socket; nothing is
// received directly while there are pieces, or a multishot receive is under way.
internal sealed partial class UringSocket
{
    // A piece that is smaller speaks for provided buffers, and so many of them in a row decide it.
    private const int SmallPiece = UringBuffers.BufferSize / 4;
    private const int SmallPiecesToGoBack = 64;

    private InputRequest _inputRequest;
    private bool _inputCancelled;

    // Input is received directly, on a poll's word, and not into provided buffers.
    private bool _isDirect;
    private int _smallPieces;

    private Piece _piece;
    private Queue<Piece>? _morePieces;
    private int _pieceCount;

    // The end of the input, or what broke it, came behind the pieces.
    private bool _inputEnded;
    private int _inputError;

    /// <summary>What the kernel was asked for.</summary>
    private enum InputRequest : byte
    {
        None,
        Receive,
        Poll,
        Accept,
    }

    /// <summary>A completion of the request for input.</summary>
    public void OnInput(in UringCompletion completion, IReadyQueue ready)
    {
        InputRequest request = _inputRequest;
        if (!completion.HasMore)
        {
            _inputRequest = InputRequest.None;
            _inputCancelled = false;
            if (!IsClosed)
            {
                _poller.AddUnsettled(this);
            }
        }

        switch (request)
        {
            case InputRequest.Receive:
                OnReceived(completion);
                break;
            case InputRequest.Poll:
                OnInputEdge(completion.Result);
                break;
            case InputRequest.Accept:
                OnAccepted(completion.Result);
                break;
        }

        if (IsInputArmed && HasInput)
        {
            Input.EnqueueOnce(ready);
        }

        RemoveIfOver();
        AssertRequestInvariants();
    }

    protected override void BeginReceive()
    {
        if (HasInput)
        {
            Operations.ExecuteAgain(Input);
        }

        _poller.AddUnsettled(this);
    }

    protected override void EndReceive()
    {
        if (_inputRequest == InputRequest.Receive || _pieceCount != 0)
        {
            _poller.AddUnsettled(this);
        }
    }

    /// <summary>Whether an execution would find something.</summary>
    private bool HasInput =>
        _pieceCount != 0 || _inputEnded || IsInputReady || HasAccepted;

    private InputRequest WantedInput
    {
        get
        {
            if (AcceptSink is not null)
            {
                return _acceptError == 0 ? InputRequest.Accept : InputRequest.None;
            }

            if (ReceiveSink is not null && !_inputEnded)
            {
                return _isDirect ? InputRequest.Poll : InputRequest.Receive;
            }

            // A poll only tells of edges, which are remembered until somebody receives again.
            return _inputRequest == InputRequest.Poll ? InputRequest.Poll : InputRequest.None;
        }
    }

    private void SettleInput()
    {
        if (ReceiveSink is null && _pieceCount != 0)
        {
            KeepPieces();
        }

        InputRequest wanted = WantedInput;
        if (wanted == _inputRequest)
        {
            return;
        }

        if (_inputRequest != InputRequest.None)
        {
            if (!_inputCancelled)
            {
                _inputCancelled = true;
                _poller.AddInputCancel(this);
            }

            return;
        }

        if (wanted == InputRequest.Receive && !_poller.Buffers.HasFree)
        {
            // Those that hold the buffers are executed before the next poll.
            _poller.AddUnsettled(this);
            return;
        }

        StartInput(wanted);
    }

    private void StartInput(InputRequest wanted)
    {
        _inputRequest = wanted;
        switch (wanted)
        {
            case InputRequest.Receive:
                // The kernel looks for itself what is there.
                IsInputReady = false;
                IsInputSpecial = false;
                _poller.AddReceive(this, Descriptor);
                break;
            case InputRequest.Poll:
                _poller.AddInputPoll(this, Descriptor);
                break;
            case InputRequest.Accept:
                _poller.AddAccept(this, Descriptor);
                break;
        }
    }

    private void OnReceived(in UringCompletion completion)
    {
        int result = completion.Result;
        if (completion.HasBuffer)
        {
            _poller.Buffers.OnTaken();
            if (result > 0 && !IsClosed)
            {
                AddPiece(completion.BufferId, result);
                return;
            }

            _poller.Buffers.Return(completion.BufferId);
        }

        switch (-result)
        {
            case 0:
                _inputEnded = true;
                break;
            case Errno.NoBuffers:
                _poller.Buffers.Grow();
                break;
            case Errno.Cancelled or Errno.Interrupted or Errno.Again:
                break;
            default:
                _inputEnded = true;
                _inputError = -result;
                break;
        }
    }

    private void AddPiece(int buffer, int length)
    {
        byte[] block = _poller.Buffers.Find(buffer, out int offset);
        var piece = new Piece(block, offset, length, buffer);
        if (_pieceCount++ == 0)
        {
            _piece = piece;
        }
        else
        {
            (_morePieces ??= []).Enqueue(piece);
        }

        if (length == UringBuffers.BufferSize || _pieceCount > 2)
        {
            _isDirect = true;
            _smallPieces = 0;
            _poller.AddUnsettled(this);
        }

        if (ReceiveSink is null)
        {
            KeepPieces();
        }
    }

    /// <summary>Nobody receives: what came is kept apart, so that it does not keep buffers from others.</summary>
    private void KeepPieces()
    {
        Keep(ref _piece);
        for (int i = _morePieces?.Count ?? 0; i > 0; i--)
        {
            Piece piece = _morePieces!.Dequeue();
            Keep(ref piece);
            _morePieces.Enqueue(piece);
        }
    }

    private void Keep(ref Piece piece)
    {
        if (piece.IsProvided)
        {
            byte[] copy = piece.Bytes.ToArray();
            _poller.Buffers.Return(piece.BufferId);
            piece = new Piece(copy, 0, copy.Length, Piece.NoBuffer);
        }
    }

    private void ExecuteReceive(IReceiveSink sink)
    {
        if (_pieceCount != 0)
        {
            if (BufferedSink is { } buffered)
            {
                DeliverBuffered(buffered);
            }
            else
            {
                Deliver(sink);
            }
        }
        else if (_inputEnded)
        {
            EndInput(sink, Errno.ToSocketError(_inputError));
        }
        else if (IsInputReady)
        {
            Debug.Assert(_inputRequest != InputRequest.Receive, "Input is received in one way at a time.");
            OnReceivedDirectly(BufferedSink is { } buffered ? ReceiveBuffered(buffered) : Receive(sink));
        }
    }

    private void Deliver(IReceiveSink sink)
    {
        Piece piece = _piece;
        DropPiece();
        try
        {
            // The buffer is given back after this, not before: the kernel would fill it.
            sink.OnReceived(piece.Bytes);
        }
        finally
        {
            Release(piece);
        }
    }

    private void DeliverBuffered(IBufferedReceiveSink sink)
    {
        Span<byte> buffer = GetBuffer(sink, Input);
        if (!ReferenceEquals(sink, BufferedSink) || _pieceCount == 0)
        {
            // The sink stopped, or closed the socket, when it was asked.
            return;
        }

        ReadOnlySpan<byte> bytes = _piece.Bytes;
        int count = Math.Min(buffer.Length, bytes.Length);
        bytes[..count].CopyTo(buffer);
        if (count == bytes.Length)
        {
            Piece piece = _piece;
            DropPiece();
            Release(piece);
        }
        else
        {
            _piece = _piece.Skip(count);
            Operations.ExecuteAgain(Input);
        }

        sink.OnReceived(count);
    }

    /// <summary>The first piece is taken. What is behind it comes with the next turn.</summary>
    private void DropPiece()
    {
        _pieceCount--;
        _piece = _pieceCount != 0 ? _morePieces!.Dequeue() : default;
        if (HasInput)
        {
            Operations.ExecuteAgain(Input);
        }
    }

    private void Release(in Piece piece)
    {
        if (piece.IsProvided)
        {
            _poller.Buffers.Return(piece.BufferId);
        }
    }

    private void OnInputEdge(int events)
    {
        if (events < 0)
        {
            // Cancelled, or the kernel could not poll: then the receive says what is wrong.
            IsInputReady |= events != -Errno.Cancelled;
            return;
        }

        IsInputReady = true;
        IsInputSpecial |= ((uint)events & ~Libc.EpollIn) != 0;
    }

    private void OnReceivedDirectly(nint count)
    {
        if (count >= SmallPiece)
        {
            _smallPieces = 0;
        }
        else if (count > 0 && ++_smallPieces == SmallPiecesToGoBack && !IsClosed)
        {
            _isDirect = false;
            _poller.AddUnsettled(this);
        }
    }

    /// <summary>The socket is closed: nobody will see what came.</summary>
    private void DropInput()
    {
        while (_pieceCount != 0)
        {
            Piece piece = _piece;
            DropPiece();
            Release(piece);
        }

        DropAccepted();
    }

    /// <summary>Input that the kernel received, in a provided buffer or apart.</summary>
    private readonly record struct Piece(byte[] Memory, int Offset, int Length, int BufferId)
    {
        public const int NoBuffer = -1;

        public bool IsProvided => BufferId != NoBuffer;

        public ReadOnlySpan<byte> Bytes => Memory.AsSpan(Offset, Length);

        public Piece Skip(int count) => this with { Offset = Offset + count, Length = Length - count };
    }

    private sealed class InputOperation(UringSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket.ReceiveSink is { } receiver)
            {
                socket.ExecuteReceive(receiver);
            }
            else if (socket.AcceptSink is { } acceptor)
            {
                socket.ExecuteAccept(acceptor);
            }
        }
    }
}

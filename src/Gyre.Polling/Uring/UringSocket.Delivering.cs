using System.Diagnostics;
using System.Net.Sockets;

namespace Gyre.Polling;

// Input: what the kernel received, on its way to the sink.
//
// Invariant: pieces that the kernel received come before everything that is still in the socket; nothing is
// received directly while there are pieces, or a multishot receive is under way.
internal sealed partial class UringSocket
{
    private Piece _piece;
    private Queue<Piece>? _morePieces;
    private int _pieceCount;

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

            // Before the sink is called: it may throw.
            if (IsTcp)
            {
                _poller.AddUnchecked(this);
            }

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
            else if (socket.DatagramSink is { } datagrams)
            {
                socket.ReceiveDatagrams(datagrams);
            }
        }
    }
}

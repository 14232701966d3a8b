using System.Net.Sockets;

namespace Gyre.Polling;

// A piece of a file is sent by sendfile(2), which io_uring has no request for: when it finds the socket full, a poll
// tells of room.
internal sealed partial class UringSocket
{
    // Nothing is known against it: the call has not been tried yet, or there was room since.
    private bool _mayHaveRoom;

    public override bool CanSendFiles => true;

    protected override void BeginSendFile()
    {
        SettleStaged();
        _mayHaveRoom = _backlog is null;
        if (_mayHaveRoom || IsOutputOver(out _))
        {
            Operations.ExecuteAgain(Output);
        }
        else
        {
            _poller.AddUnsettled(this);
        }
    }

    protected override void ExecuteSendFile(FilePiece piece, ISendSink sink)
    {
        int result = 0;
        if (!IsOutputOver(out SocketError error))
        {
            if (!_mayHaveRoom)
            {
                return;
            }

            result = piece.Send(Descriptor);
            error = Explain(FileTransmission.ToError(result));
        }

        if (error == SocketError.WouldBlock)
        {
            _mayHaveRoom = false;
            _poller.AddUnsettled(this);
            return;
        }

        EndOutput();
        sink.OnSent(Math.Max(result, 0), error);
    }
}

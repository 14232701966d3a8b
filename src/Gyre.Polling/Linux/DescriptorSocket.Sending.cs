namespace Gyre.Polling;

internal abstract partial class DescriptorSocket
{
    // Most sockets never meet a full buffer and never connect: made when needed.
    private OutputOperation? _output;

    /// <summary>The operation that executes this socket's output.</summary>
    protected QueuedOperation Output => _output ??= new OutputOperation(this);

    /// <summary>Whether the outcome of a connect is still to come.</summary>
    protected virtual bool IsConnecting => false;

    /// <summary>Carries a send on.</summary>
    protected abstract void ExecuteSend(ISendSink sink);

    /// <inheritdoc cref="ExecuteSend"/>
    protected abstract void ExecuteSendFile(FilePiece piece, ISendSink sink);

    /// <inheritdoc cref="ExecuteSend"/>
    protected abstract void ExecuteSendTo(ISendSink sink);

    private sealed class OutputOperation(DescriptorSocket socket) : QueuedOperation
    {
        public override void Execute()
        {
            IsQueued = false;
            if (socket.SendSink is { } sender)
            {
                if (socket.IsDatagram)
                {
                    socket.ExecuteSendTo(sender);
                }
                else if (socket.SendPiece is { } piece)
                {
                    socket.ExecuteSendFile(piece, sender);
                }
                else
                {
                    socket.ExecuteSend(sender);
                }
            }
            else if (socket.ConnectSink is { } connector && !socket.IsConnecting)
            {
                socket.FinishConnect(connector);
            }
        }
    }
}

namespace Gyre.Polling;

internal sealed partial class UringSocket
{
    // As on epoll: a burst must not hold up the round.
    private const int AcceptBatchMax = 16;

    // Connections that the kernel accepted and the sink has not seen. They stay for the next start.
    private Queue<int>? _accepted;

    // What ended accepting, behind those connections.
    private int _acceptError;

    private bool HasAccepted => _accepted is { Count: > 0 } || _acceptError != 0;

    protected override void BeginAccept()
    {
        ThrowIfNotListening();
        if (HasAccepted)
        {
            Operations.ExecuteAgain(Input);
        }

        _poller.AddUnsettled(this);
    }

    protected override void EndAccept() => _poller.AddUnsettled(this);

    private void OnAccepted(int result)
    {
        if (result >= 0)
        {
            if (IsClosed)
            {
                _ = Libc.CloseDescriptor(result);
            }
            else
            {
                (_accepted ??= []).Enqueue(result);
            }
        }
        else if (result is not (-Errno.Cancelled or -Errno.Again or -Errno.Interrupted)
            && !Errno.IsOfAcceptedConnection(-result)
            && AcceptSink is not null)
        {
            _acceptError = -result;
        }
    }

    private void ExecuteAccept(IAcceptSink sink)
    {
        try
        {
            for (int i = 0; i < AcceptBatchMax && ReferenceEquals(sink, AcceptSink); i++)
            {
                if (_accepted is { Count: > 0 } accepted)
                {
                    sink.OnAccepted(new UringSocket(_poller, accepted.Dequeue(), null, Family, Protocol));
                    continue;
                }

                int error = _acceptError;
                if (error != 0)
                {
                    _acceptError = 0;
                    StopAccepting();
                    sink.OnAcceptFailed(Errno.ToSocketError(error));
                }

                break;
            }
        }
        finally
        {
            // Also when the sink throws: nobody else tells of those that are left.
            if (HasAccepted && !IsClosed)
            {
                Operations.ExecuteAgain(Input);
            }
        }
    }

    private void DropAccepted()
    {
        while (_accepted is { Count: > 0 } accepted)
        {
            _ = Libc.CloseDescriptor(accepted.Dequeue());
        }
    }
}

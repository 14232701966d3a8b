using System.Diagnostics;
using System.Net.Sockets;

namespace Gyre.Polling;

// Input: what the kernel is asked for, and what it says. Facts 4 and 5 of UringPoller.
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

    /// <summary>Whether an execution would find something.</summary>
    private bool HasInput =>
        _pieceCount != 0 || _inputEnded || IsInputReady || HasAccepted || HasKeptDatagrams;

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

            if (DatagramSink is not null)
            {
                return InputRequest.Poll;
            }

            // A poll only tells of edges, which are remembered until somebody receives again.
            return _inputRequest == InputRequest.Poll ? InputRequest.Poll : InputRequest.None;
        }
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

    /// <summary>Asks for urgent data. A closed socket's descriptor is negative, which the kernel passes over.</summary>
    public PollEntry UrgentDataCheck => new() { Descriptor = Descriptor, Events = Libc.PollUrgent };

    /// <summary>There is urgent data: only a receive that finds nothing proves that nothing is left.</summary>
    public void OnUrgentData()
    {
        if (IsClosed || _inputRequest == InputRequest.Receive)
        {
            // A multishot receive is not stopped by it.
            return;
        }

        IsInputReady = true;
        IsInputSpecial = true;
        if (IsInputArmed)
        {
            Operations.ExecuteAgain(Input);
        }
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
}

using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling.Tests;

/// <summary>Passes everything on to a backend of this machine, and does one thing wrong.</summary>
internal sealed partial class BrokenPoller(Poller inner, Fault fault) : Poller
{
    private readonly FewAtOnce _few = new();
    private bool _isDisposed;
    private int _wakes;

    public Fault Fault => fault;

    /// <summary>The socket that sent last.</summary>
    public PollSocket? LastSender { get; set; }

    public override string BackendName => fault == Fault.HasNoName ? "" : inner.BackendName;

    public override bool HasOperations => fault == Fault.AlwaysHasOperations || inner.HasOperations;

    public override void Poll(long timeoutNanoseconds, IReadyQueue ready)
    {
        long timeout = fault switch
        {
            // Not at all: a part of the timeout may last as long as the whole on a busy machine.
            Fault.WaitsTooShort when timeoutNanoseconds > 0 => 0,
            Fault.WaitsWhenItShouldNot when timeoutNanoseconds == 0 => 1_500_000_000,
            Fault.WakesTwice when Volatile.Read(ref _wakes) > 0 => 0,
            _ => timeoutNanoseconds,
        };
        Volatile.Write(ref _wakes, Math.Max(Volatile.Read(ref _wakes) - 1, 0));
        if (fault == Fault.HandsOverFew)
        {
            inner.Poll(_few.IsEmpty ? timeout : 0, _few);
            _few.HandOver(ready);
            return;
        }

        inner.Poll(timeout, fault == Fault.ExecutesInsideThePoll ? new Executor() : ready);
        TellOfClosedDescriptors();
    }

    public override void Wake()
    {
        if (fault == Fault.WakeThrowsAfterDisposal)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
        }

        if (fault != Fault.LosesWakes)
        {
            Volatile.Write(ref _wakes, 2);
            inner.Wake();
        }
    }

    public override PollSocket Attach(Socket socket)
    {
        try
        {
            return new BrokenSocket(inner.Attach(socket), this);
        }
        catch (ArgumentException) when (fault == Fault.ErrorsSayNothing)
        {
            throw new ArgumentException("No.");
        }
        catch (ArgumentException) when (fault == Fault.MisuseIsSilent)
        {
            return inner.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        }
        catch (ObjectDisposedException) when (fault == Fault.ClosedIsSilent)
        {
            return null!;
        }
        catch (InvalidOperationException) when (fault == Fault.MisuseIsSilent)
        {
            return null!;
        }
    }

    public override PollSocket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol) =>
        new BrokenSocket(inner.CreateSocket(family, type, protocol), this);

    public override PollPipe AttachPipe(SafeHandle handle)
    {
        try
        {
            return new BrokenPipe(inner.AttachPipe(handle), fault);
        }
        catch (ArgumentException) when (fault == Fault.MisuseIsSilent)
        {
            return null!;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        if (fault != Fault.LeavesSocketsOpen)
        {
            inner.Dispose();
        }
    }

    private sealed class FewAtOnce : IReadyQueue
    {
        private readonly Queue<PollOperation> _waiting = new();
        private PollOperation? _first;

        public bool IsEmpty => _waiting.Count == 0;

        public void Enqueue(PollOperation operation)
        {
            if (_first is null)
            {
                _first = operation;
            }
            else
            {
                _waiting.Enqueue(operation);
            }
        }

        public void HandOver(IReadyQueue ready)
        {
            if (_first is not null)
            {
                ready.Enqueue(_first);
                _first = null;
            }

            for (int i = 0; i < 10 && _waiting.TryDequeue(out PollOperation? operation); i++)
            {
                ready.Enqueue(operation);
            }
        }
    }

    private sealed class Executor : IReadyQueue
    {
        public void Enqueue(PollOperation operation) => operation.Execute();
    }
}

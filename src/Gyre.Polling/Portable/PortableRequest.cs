using System.Net.Sockets;

namespace Gyre.Polling;

/// <summary>Something that the BCL is asked to do on a socket, again and again, and how it ended
/// last.</summary>
/// <remarks>
/// <code>
///   Idle ──Begin──▶ Pending ──completes on a pool thread──▶ in the inbox ──OnTaken──▶ Idle, outcome kept
///     └────────────Begin, and it completes at once──────────────────────────────────▶ Idle, outcome kept
/// </code>
/// A request is never given up: when its operation is stopped it stays pending, and its outcome waits for the
/// next start. So nothing that the BCL has accepted or begun to read is lost or used twice.
/// </remarks>
internal sealed class PortableRequest : SocketAsyncEventArgs, IPortableReport
{
    private readonly PortableInbox _inbox;
    private readonly PortableRequestKind _kind;

    // True: the context of whoever happens to start an operation has no business on a pool thread.
    public PortableRequest(PortableInbox inbox, PortableSocket owner, PortableRequestKind kind)
        : base(true)
    {
        _inbox = inbox;
        _kind = kind;
        Owner = owner;
    }

    public PortableSocket Owner { get; }

    /// <summary>Whether the BCL works on it. Nothing of it may be touched then.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Starts it. Owner thread only.</summary>
    /// <returns>True when it ended at once; otherwise its end comes through the inbox.</returns>
    public bool Begin(Socket socket)
    {
        // Before the call: a pool thread may report the end at any time after it. It is this thread that
        // takes the report, later, and only that changes IsPending.
        IsPending = true;
        bool isPending = false;
        try
        {
            isPending = _kind switch
            {
                PortableRequestKind.WaitForInput => socket.ReceiveAsync(this),
                PortableRequestKind.Accept => socket.AcceptAsync(this),
                PortableRequestKind.Connect => socket.ConnectAsync(this),
                PortableRequestKind.SendTo => socket.SendToAsync(this),
                _ => socket.SendAsync(this),
            };
        }
        finally
        {
            if (!isPending)
            {
                IsPending = false;
            }
        }

        return !isPending;
    }

    /// <summary>Its end was taken out of the inbox. Owner thread only.</summary>
    public void OnTaken() => IsPending = false;

    public void Take(IReadyQueue ready) => Owner.OnTaken(this, ready);

    /// <summary>Releases it, with a connection that it may have accepted for nobody.</summary>
    public void Discard()
    {
        AcceptSocket?.Dispose();
        Dispose();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (!_inbox.TryPost(this))
        {
            Discard();
        }
    }
}

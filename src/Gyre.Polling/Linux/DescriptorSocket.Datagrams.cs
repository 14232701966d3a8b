using System.Net;
using System.Net.Sockets;

namespace Gyre.Polling;

// Datagrams, on readiness. Several are taken by one system call; fewer than there is room for means that nothing
// was left, as a short read of TCP does.
internal abstract partial class DescriptorSocket
{
    private DatagramPeers? _peers;

    // Taken from the system, and not seen by the sink: it stopped, or threw, at one before them.
    private Queue<KeptDatagram>? _keptDatagrams;

    // The last address of a Unix socket that was sent to, in the kernel's form. Its path does not change.
    private EndPoint? _lastRemote;
    private SocketAddress? _lastAddress;

    protected bool HasKeptDatagrams => _keptDatagrams is { Count: > 0 };

    private DatagramPeers Peers => _peers ??= new DatagramPeers();

    /// <summary>Goes on with what was kept, or receives what one system call takes, if there may be something.</summary>
    protected void ReceiveDatagrams(IDatagramSink sink)
    {
        if (HasKeptDatagrams)
        {
            DeliverKept(sink);
            return;
        }

        if (!IsInputReady)
        {
            return;
        }

        DatagramBatch batch = _receiveMemory.Datagrams;
        int count = batch.Receive(Descriptor);
        if (count <= 0)
        {
            OnNoDatagram(sink, -count);
            return;
        }

        // What is known about the rest is put down before the sink hears of anything: it may stop, start again,
        // close, or throw.
        if (count < DatagramBatch.Capacity && !IsInputSpecial)
        {
            IsInputReady = false;
        }
        else
        {
            Operations.ExecuteAgain(Input);
        }

        int next = 0;
        try
        {
            while (next < count && ReferenceEquals(sink, DatagramSink))
            {
                Deliver(sink, batch, next++);
            }
        }
        finally
        {
            if (next < count && !IsClosed)
            {
                Keep(batch, next, count);
            }
        }
    }

    /// <summary>Sends a datagram without waiting.</summary>
    protected unsafe SocketError SendDatagram(ReadOnlySpan<byte> data, EndPoint? remote)
    {
        // SAFETY: the data are pinned by the statement below, the address is on the stack, and the kernel copies
        // both before the call returns.
        byte* address = stackalloc byte[NativeAddress.StorageSize];
        int length = 0;
        if (remote is not null)
        {
            length = WriteAddress(remote, new Span<byte>(address, NativeAddress.StorageSize));
        }

        nint result;
        fixed (byte* pointer = data)
        {
            result = Libc.SendTo(Descriptor, pointer, (nuint)data.Length, length == 0 ? null : address, length);
        }

        return result >= 0 ? SocketError.Success : Errno.ToSocketError((int)-result);
    }

    private void Deliver(IDatagramSink sink, DatagramBatch batch, int index)
    {
        if (batch.IsTruncated(index))
        {
            // What is left of it could be taken for the whole.
            sink.OnDatagramFailed(SocketError.MessageSize);
            return;
        }

        sink.OnDatagram(batch.Data(index), Peers.Find(batch.Address(index)));
    }

    private void Keep(DatagramBatch batch, int start, int end)
    {
        Queue<KeptDatagram> kept = _keptDatagrams ??= [];
        for (int i = start; i < end; i++)
        {
            kept.Enqueue(batch.IsTruncated(i)
                ? new KeptDatagram([], null)
                : new KeptDatagram(batch.Data(i).ToArray(), Peers.Find(batch.Address(i))));
        }

        if (DatagramSink is not null)
        {
            Operations.ExecuteAgain(Input);
        }
    }

    private void DeliverKept(IDatagramSink sink)
    {
        // What is behind them comes with the next turn.
        Operations.ExecuteAgain(Input);
        while (ReferenceEquals(sink, DatagramSink) && _keptDatagrams!.TryDequeue(out KeptDatagram kept))
        {
            if (kept.From is null)
            {
                sink.OnDatagramFailed(SocketError.MessageSize);
            }
            else
            {
                sink.OnDatagram(kept.Data, kept.From);
            }
        }
    }

    private void OnNoDatagram(IDatagramSink sink, int errno)
    {
        if (errno == Errno.Again)
        {
            IsInputReady = false;
            IsInputSpecial = false;
            return;
        }

        // An error is reported once; there may be datagrams behind it.
        Operations.ExecuteAgain(Input);
        if (errno != Errno.Interrupted)
        {
            FailDatagram(sink, Errno.ToSocketError(errno));
        }
    }

    private int WriteAddress(EndPoint remote, Span<byte> destination)
    {
        if (remote is IPEndPoint address)
        {
            return NativeAddress.Write(address, destination);
        }

        if (!ReferenceEquals(remote, _lastRemote))
        {
            _lastAddress = remote.Serialize();
            _lastRemote = remote is UnixDomainSocketEndPoint ? remote : null;
        }

        _lastAddress!.Buffer.Span[.._lastAddress.Size].CopyTo(destination);
        return _lastAddress.Size;
    }

    /// <summary>A datagram that waits for its sink. Without a sender, one that was cut off.</summary>
    private readonly record struct KeptDatagram(byte[] Data, EndPoint? From);
}

namespace Gyre;

/// <summary>A connection as a BCL stream, which any thread may use.</summary>
/// <remarks>
/// <para>Any thread. One read and one write may be under way at a time. On the loop's thread calls go straight to the
/// connection, and what awaits them goes on there, <c>ConfigureAwait(false)</c> or not. On others they travel through
/// the loop, and the continuation does not run on the loop's thread unless its context brings it there. Do not use the
/// connection's reader and writer meanwhile.</para>
/// <para>The methods that block are refused on the loop's thread: they would wait for something that only this
/// thread can do.
/// Errors of the connection are <see cref="IOException"/>s around the cause. On cancel: a read has taken nothing; a
/// write that waits for room has been accepted, and is sent.</para>
/// </remarks>
public sealed partial class ConnectionStream : Stream
{
    private static readonly WorkItem s_close = new CloseItem();
    private static readonly WorkItem s_abort = new AbortItem();
    private static readonly WorkItem s_endOutput = new EndOutputItem();

    private readonly LoopStreamWriter _writer;
    private readonly ConnectionReadOperation _read;
    private readonly ConnectionWriteOperation _write;
    private int _disposed;

    /// <summary>Makes a stream of a connection's two ends.</summary>
    /// <remarks>Loop thread only. The stream closes the connection when it is disposed.</remarks>
    public ConnectionStream(LoopStreamReader reader, LoopStreamWriter writer)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(writer);
        Reader = reader;
        _writer = writer;
        _read = new ConnectionReadOperation(this);
        _write = new ConnectionWriteOperation(this);
    }

    /// <summary>The connection below, for its addresses and options. Loop thread only.</summary>
    public Transport Transport => _writer.Transport;

    /// <inheritdoc/>
    public override bool CanRead => !IsDisposed;

    /// <inheritdoc/>
    public override bool CanWrite => !IsDisposed;

    /// <summary>False: a connection has no positions.</summary>
    public override bool CanSeek => false;

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw NoPositions();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw NoPositions();
        set => throw NoPositions();
    }

    internal EventLoop Loop => _writer.Transport.Loop;

    internal LoopStreamReader Reader { get; }

    internal StreamProtocol Protocol => _writer.Protocol;

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Does nothing: what was written is on its way.</summary>
    public override void Flush() => ThrowIfDisposed();

    /// <summary>Does nothing: what was written is on its way.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw NoPositions();

    /// <summary>Not supported.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw NoPositions();

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <summary>Closes the connection after what was written has been sent. A read or write that waits ends with an
    /// <see cref="ObjectDisposedException"/>.</summary>
    /// <remarks>Any thread. Does not wait. A second call does nothing.</remarks>
    protected override void Dispose(bool disposing)
    {
        // Pairs with the reads in IsDisposed: calls that begin after this see it.
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            if (Loop.IsOnLoopThread)
            {
                CloseOnLoop();
            }
            else
            {
                // A closed loop has closed the connection.
                Loop.TryPostThreadSafe(s_close, this, null);
            }
        }

        base.Dispose(disposing);
    }

    private static NotSupportedException NoPositions() => new("A connection cannot be sought in and has no length.");

    private void CloseOnLoop()
    {
        _writer.Close();
        foreach (ConnectionOperation operation in (ReadOnlySpan<ConnectionOperation>)[_read, _write])
        {
            if (operation.IsWaiting)
            {
                operation.FailWait(new ObjectDisposedException(nameof(ConnectionStream)));
            }
        }
    }

    /// <summary>Any thread. Ends this side's direction behind what was written, if the connection can.</summary>
    internal void EndOutput() => Send(s_endOutput);

    /// <summary>Any thread. Resets the connection.</summary>
    internal void Abort() => Send(s_abort);

    private void Send(WorkItem item)
    {
        if (Loop.IsOnLoopThread)
        {
            item.Execute(this, null);
        }
        else
        {
            // A closed loop has closed the connection.
            Loop.TryPostThreadSafe(item, this, null);
        }
    }

    private sealed class AbortItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((ConnectionStream)first!)._writer.Abort();
    }

    private sealed class EndOutputItem : WorkItem
    {
        internal override void Execute(object? first, object? second)
        {
            LoopStreamWriter writer = ((ConnectionStream)first!)._writer;
            if (writer.CanWriteEof)
            {
                writer.WriteEof();
            }
        }
    }

    private sealed class CloseItem : WorkItem
    {
        internal override void Execute(object? first, object? second) => ((ConnectionStream)first!).CloseOnLoop();
    }
}

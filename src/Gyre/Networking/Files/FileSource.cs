using Microsoft.Win32.SafeHandles;

namespace Gyre;

/// <summary>The file that is being sent: where it is read, and how much of it has gone out.</summary>
internal sealed class FileSource
{
    /// <summary>What is read at a time where the system cannot send the file by itself.</summary>
    private const int BlockSize = 64 * 1024;

    private readonly Stream? _stream;
    private readonly long _offset;
    private readonly long? _count;
    private byte[]? _block;

    public FileSource(Stream stream, long offset, long? count)
        : this(offset, count)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read from. Open the file for reading.", nameof(stream));
        }

        if (offset > 0 && !stream.CanSeek)
        {
            throw new ArgumentException("The stream cannot seek. Give the offset 0, and read what is before.", nameof(offset));
        }

        _stream = stream;
        if (stream is FileStream { CanSeek: true } file)
        {
            // Writes what is in its buffer, too.
            Handle = file.SafeFileHandle;
        }
    }

    public FileSource(SafeFileHandle handle, long offset, long? count)
        : this(offset, count)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ObjectDisposedException.ThrowIf(handle.IsClosed, handle);
        Handle = handle;
    }

    private FileSource(long offset, long? count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (count is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, nameof(count));
        }

        _offset = offset;
        _count = count;
    }

    /// <summary>The file, if it is one.</summary>
    public SafeFileHandle? Handle { get; }

    /// <summary>How many bytes have been sent.</summary>
    public long Sent { get; set; }

    /// <summary>Where the next byte is.</summary>
    public long Position => _offset + Sent;

    /// <summary>How many bytes may still be sent.</summary>
    public long Rest => (_count ?? long.MaxValue) - Sent;

    /// <summary>Brings a stream that can seek to the first byte that is to be sent.</summary>
    public void Seek()
    {
        if (_stream is { CanSeek: true })
        {
            _stream.Position = Position;
        }
    }

    /// <summary>Leaves a stream that can seek behind the last byte that was sent, if any was.</summary>
    public void Finish()
    {
        if (Sent > 0)
        {
            Seek();
        }
    }

    /// <summary>Reads the next bytes on a thread of the loop's executor.</summary>
    /// <returns>None at the end. Valid until the next call.</returns>
    public async Coroutine<ReadOnlyMemory<byte>> ReadAsync(EventLoop loop)
    {
        _block ??= GC.AllocateUninitializedArray<byte>(BlockSize);
        Memory<byte> block = _block.AsMemory(0, (int)Math.Min(BlockSize, Rest));
        return block[..await ReadAsync(loop, block)];
    }

    private Coroutine<int> ReadAsync(EventLoop loop, Memory<byte> block)
    {
        long position = Position;
        return _stream is { CanSeek: true } stream && Handle is null
            ? ReadToItsEndAsync(loop, () => stream.Read(block.Span))
            : LetGoAsync(loop, () => Handle is not null
                ? RandomAccess.Read(Handle, block.Span, position)
                : _stream!.Read(block.Span));
    }

    /// <summary>A read that moves nothing which this side sets again: a cancellation does not wait for it.</summary>
    private static async Coroutine<int> LetGoAsync(EventLoop loop, Func<int> read) =>
        await loop.RunInExecutor(null, read);

    /// <summary>A read that moves the stream's position on its thread. A cancellation goes on when it has ended: the
    /// position is the caller's then.</summary>
    private static async Coroutine<int> ReadToItsEndAsync(EventLoop loop, Func<int> read)
    {
        int taken = 0;
        Future<int> call = loop.RunInExecutor(null, () => Interlocked.Exchange(ref taken, 1) == 0 ? read() : 0);
        CarriedError? cancellation = null;
        while (!call.IsDone)
        {
            // A cancelled scope would end each of these waits at once, without end.
            using LoopTask.ScopeMask mask = cancellation is null ? default : loop.CurrentTask!.MaskScopes();
            try
            {
                await Waiting.UntilDone(call);
            }
            catch (CancelledException e)
            {
                cancellation = CarriedError.Capture(e);

                // Pairs with the exchange of the call, which reads nothing if this one is first.
                if (Interlocked.Exchange(ref taken, 1) == 0)
                {
                    call.Cancel();
                }
            }
        }

        cancellation?.Throw();
        return await call;
    }
}

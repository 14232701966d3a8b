namespace Gyre;

public sealed partial class LoopStreamReader
{
    /// <summary>Reads some bytes: what is there, at the most <paramref name="count"/>. Waits for the first. asyncio:
    /// <c>read(n)</c>.</summary>
    /// <param name="count">At least 0. With 0 it returns at once.</param>
    /// <returns>The bytes; none at the end of the input.</returns>
    /// <exception cref="InvalidOperationException">Another coroutine is waiting for input.</exception>
    public async Coroutine<byte[]> ReadAsync(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ThrowIfFailed();
        if (count == 0)
        {
            return [];
        }

        while (_buffer.Count == 0 && !_eof)
        {
            await WaitForInputAsync();
        }

        return Take(Math.Min(count, _buffer.Count));
    }

    /// <summary>Reads some bytes into memory of the caller's: what is there, at the most its length. Waits for the
    /// first.</summary>
    /// <param name="buffer">When it is empty, this returns at once.</param>
    /// <returns>How many bytes were read; 0 at the end of the input.</returns>
    /// <remarks>The memory is left alone until the caller goes on: the connections of a loop may share it. Guarantee
    /// G-138.</remarks>
    /// <exception cref="InvalidOperationException">Another coroutine is waiting for input.</exception>
    public Coroutine<int> ReadAsync(Memory<byte> buffer) => RentRead().Begin(buffer);

    /// <summary>Reads exactly so many bytes, also if they are more than <see cref="Limit"/>. asyncio:
    /// <c>readexactly</c>.</summary>
    /// <param name="count">At least 0.</param>
    /// <exception cref="IncompleteReadException">The input ended before. What was there is in the
    /// exception.</exception>
    /// <exception cref="InvalidOperationException">Another coroutine is waiting for input.</exception>
    public async Coroutine<byte[]> ReadExactlyAsync(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        await WaitForCountAsync(count);
        return Take(count);
    }

    /// <summary>Fills memory of the caller's, also if it is larger than <see cref="Limit"/>.</summary>
    /// <inheritdoc cref="ReadExactlyAsync(int)"/>
    /// <param name="buffer">Is written to only when all its bytes are there.</param>
    public async Coroutine ReadExactlyAsync(Memory<byte> buffer)
    {
        await WaitForCountAsync(buffer.Length);
        _buffer.Span[..buffer.Length].CopyTo(buffer.Span);
        Consume(buffer.Length);
    }

    /// <summary>Reads everything up to the end of the input. asyncio: <c>read(-1)</c>.</summary>
    /// <remarks>Has no limit but memory. On cancel: nothing is removed, however much has arrived.</remarks>
    /// <exception cref="InvalidOperationException">Another coroutine is waiting for input.</exception>
    public async Coroutine<byte[]> ReadToEndAsync()
    {
        ThrowIfFailed();
        while (!_eof)
        {
            await WaitForInputAsync();
        }

        return Take(_buffer.Count);
    }

    private async Coroutine WaitForCountAsync(int count)
    {
        ThrowIfFailed();
        while (_buffer.Count < count)
        {
            if (_eof)
            {
                throw new IncompleteReadException(Take(_buffer.Count), count);
            }

            await WaitForInputAsync();
        }
    }
}

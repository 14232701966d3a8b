using System.Buffers;
using System.Diagnostics;

namespace Gyre;

/// <summary>Bytes that were received and not yet read, in one piece, so that they can be searched as a span.</summary>
/// <remarks>Memory is rented while there are bytes: an idle connection holds none.</remarks>
// A struct, never copied: part of the reader, whose every read looks whether it is empty.
internal struct InputBuffer
{
    private const int CapacityMin = 4096;

    private byte[] _array;
    private int _start;
    private int _end;

    public InputBuffer() => _array = [];

    public readonly int Count => _end - _start;

    public readonly ReadOnlySpan<byte> Span => _array.AsSpan(_start, Count);

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_array.Length - _end < data.Length)
        {
            MakeRoom(data.Length);
        }

        data.CopyTo(_array.AsSpan(_end));
        _end += data.Length;
    }

    /// <summary>Removes the first bytes.</summary>
    public void Consume(int count)
    {
        Debug.Assert(count <= Count, "Only what is there is read.");
        _start += count;
        if (_start == _end)
        {
            Release();
        }
    }

    /// <summary>Removes the first bytes and returns a copy of them.</summary>
    public byte[] Take(int count)
    {
        byte[] taken = Span[..count].ToArray();
        Consume(count);
        return taken;
    }

    public void Clear() => Consume(Count);

    private void Release()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }

        _start = 0;
        _end = 0;
    }

    private void MakeRoom(int added)
    {
        int count = Count;
        int needed = checked(count + added);

        // Moving the bytes to the front pays only if it moves fewer than were read since the last time. Otherwise many
        // small reads from a full buffer would copy it again and again.
        if (_start >= count && needed <= _array.Length)
        {
            Span.CopyTo(_array);
        }
        else
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(CapacityMin, 2 * count)));
            Span.CopyTo(larger);
            if (_array.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_array);
            }

            _array = larger;
        }

        _start = 0;
        _end = count;
    }
}

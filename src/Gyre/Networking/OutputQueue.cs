using System.Diagnostics;

namespace Gyre;

/// <summary>The unsent bytes of a transport, in the order in which they were written.</summary>
/// <remarks>While the first segment is being sent, bytes may still be added behind its unsent ones: those
/// stay as they are.</remarks>
// Invariant: every segment in the queue has unsent bytes; Length is their sum.
// A struct, never copied: part of the sender, whose every write looks whether it is empty.
internal struct OutputQueue(SegmentPool pool)
{
    private Segment? _head;
    private Segment? _tail;

    public long Length { readonly get; private set; }

    /// <summary>The unsent bytes of the first segment. The queue must not be empty.</summary>
    public readonly ReadOnlyMemory<byte> First => _head!.Unsent;

    public void Append(ReadOnlySpan<byte> data)
    {
        Length += data.Length;
        while (!data.IsEmpty)
        {
            if (_tail is null || _tail.Room == 0)
            {
                AddSegment();
            }

            Segment tail = _tail!;
            int count = Math.Min(tail.Room, data.Length);
            data[..count].CopyTo(tail.Array.AsSpan(tail.End));
            tail.End += count;
            data = data[count..];
        }
    }

    /// <summary>Removes bytes that the system has taken. They all are of the first segment.</summary>
    public void Advance(int count)
    {
        Segment head = _head!;
        Debug.Assert(count <= head.End - head.Start, "One segment is sent at a time.");
        head.Start += count;
        Length -= count;
        if (head.Start == head.End)
        {
            _head = head.Next;
            if (_head is null)
            {
                _tail = null;
            }

            pool.Return(head);
        }
    }

    /// <summary>Drops everything that is unsent.</summary>
    /// <param name="firstIsLent">Whether the system may still read the first segment: then it is not used
    /// again.</param>
    public void Clear(bool firstIsLent)
    {
        Segment? segment = firstIsLent ? _head?.Next : _head;
        while (segment is not null)
        {
            Segment? next = segment.Next;
            pool.Return(segment);
            segment = next;
        }

        _head = null;
        _tail = null;
        Length = 0;
    }

    private void AddSegment()
    {
        Segment segment = pool.Rent();
        if (_tail is null)
        {
            _head = segment;
        }
        else
        {
            _tail.Next = segment;
        }

        _tail = segment;
    }
}

namespace Gyre;

/// <summary>The segments of one loop that are not in use. Connections that have nothing unsent hold none.</summary>
internal sealed class SegmentPool
{
    /// <summary>What is kept at the most: 4 MiB. The rest goes to the garbage collector.</summary>
    private const int RetainedCountMax = 128;

    private Segment? _head;
    private int _count;

    public static SegmentPool Of(EventLoop loop) => loop.Attachment(static _ => new SegmentPool());

    public Segment Rent()
    {
        if (_head is not { } segment)
        {
            return new Segment();
        }

        _head = segment.Next;
        _count--;
        segment.Next = null;
        return segment;
    }

    public void Return(Segment segment)
    {
        if (_count >= RetainedCountMax)
        {
            return;
        }

        segment.Start = 0;
        segment.End = 0;
        segment.Next = _head;
        _head = segment;
        _count++;
    }
}

namespace Gyre.Polling;

// What a message touches of its connection is some two dozen lines of memory, each found through the one before. With
// many connections they are far from the processor, and in the socket's turn each would be waited for. Read for all
// events of a batch, one socket after another, the waits overlap: the processor runs ahead into the next sockets while
// it waits for the lines of the first.
internal sealed partial class EpollPoller
{
    // Fewer sockets stay near the processor by themselves.
    private const int SocketsOfCache = 128;

    // Fewer events have nothing to overlap with.
    private const int EventsWorthwhile = 4;

    /// <summary>The sum of what was read ahead, which means nothing. What is not kept would not be read.</summary>
    internal int Loaded { get; private set; }

    // After the events were taken in: whatever a sink does here, none is lost.
    private unsafe void LoadAhead(byte* entry, int count)
    {
        // SAFETY: the caller gives so many events.
        int sum = 0;
        SocketTable<EpollSocket> sockets = Sockets;
        for (; count > 0; count--)
        {
            if (sockets.Find(EpollEvents.ReadData(entry)) is { } socket)
            {
                sum += socket.LoadAhead();
            }

            entry += EpollEvents.Size;
        }

        Loaded = sum;
    }
}

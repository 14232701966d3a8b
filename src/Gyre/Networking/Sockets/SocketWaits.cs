using Gyre.Polling;

namespace Gyre;

/// <summary>The waits that are kept with a socket's watch.</summary>
internal sealed class SocketWaits
{
    public SocketWait? Input;
    public SocketWait? Output;

    public static SocketWaits Of(PollWatch watch)
    {
        if (watch.State is SocketWaits waits)
        {
            return waits;
        }

        waits = new SocketWaits();
        watch.State = waits;
        return waits;
    }
}

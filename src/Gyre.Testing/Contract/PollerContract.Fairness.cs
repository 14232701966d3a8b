using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Testing;

public sealed partial class PollerContract
{
    private const int WaitingSockets = 150;
    private const int FairnessTries = 20;

    [Clause("A socket that always has more to receive is not served again and again while others are ready.")]
    internal void StartReceiving_OneSocketAlwaysHasMore_TheOthersGetTheirTurn()
    {
        (PollSocket greedy, Socket greedyPeer) = Harness.Connect();
        var others = new ReceiveRecorder[WaitingSockets];
        var peers = new Socket[WaitingSockets];
        for (int i = 0; i < WaitingSockets; i++)
        {
            (PollSocket socket, peers[i]) = Harness.Connect();
            others[i] = new ReceiveRecorder();
            socket.StartReceiving(others[i]);
        }

        // It takes a byte each time that it is served.
        var sink = new BufferedReceiveRecorder(size: 1);
        greedy.StartReceiving(sink);
        greedyPeer.Send(Pattern(10_000));
        Harness.RunUntil(() => sink.Count != 0);

        // Of several tries one has to be fair: in another the system may have been late with what the peers sent.
        int fewest = int.MaxValue;
        for (int round = 1; round <= FairnessTries && fewest > 2; round++)
        {
            foreach (Socket peer in peers)
            {
                peer.Send([1]);
            }

            long before = sink.Count;
            Harness.RunUntil(() => others.All(other => other.Count == round), timeoutNanoseconds: 0);
            fewest = Math.Min(fewest, (int)(sink.Count - before));
        }

        Expect.InRange(fewest, 0, 2);
    }
}

using System.Runtime.CompilerServices;

namespace Gyre.Polling;

// Urgent data of TCP. A direct receive stops where an urgent byte was, with bytes behind it, and no edge tells of those: a
// short receive proves nothing then. epoll looks at a socket before it tells of it, and so says for sure whether there
// is urgent data. A multishot poll passes on the flags of the wake-up, and TCP wakes for input and urgent data in
// one, whatever came. To receive once more each time would be a system call for nothing; worse, a peer that answers
// quickly would keep its connection ready without the kernel's word for ever, and others waiting (fact 8).
//
// What comes later makes an edge, and is received whatever was before it. So only a connection that falls silent needs
// a look, and that has time until the loop sleeps: one poll(2) for all. A loop that never sleeps looks now and then.
internal sealed partial class UringPoller
{
    private const int PollsBetweenChecks = 256;
    private const int ChecksOfACall = 64;

    private UringSocket[] _unchecked = new UringSocket[16];
    private int _uncheckedCount;
    private int _pollsSinceCheck;

    /// <summary>A direct receive of this socket may have stopped at urgent data.</summary>
    internal void AddUnchecked(UringSocket socket)
    {
        if (socket.IsUnchecked)
        {
            return;
        }

        socket.IsUnchecked = true;
        if (_uncheckedCount == _unchecked.Length)
        {
            Array.Resize(ref _unchecked, _uncheckedCount * 2);
        }

        _unchecked[_uncheckedCount++] = socket;
    }

    /// <summary>Finds the sockets that have urgent data, when it is time.</summary>
    private void CheckForUrgentData(long timeoutNanoseconds)
    {
        if (_uncheckedCount == 0 || (timeoutNanoseconds == 0 && ++_pollsSinceCheck < PollsBetweenChecks))
        {
            return;
        }

        _pollsSinceCheck = 0;
        Span<UringSocket> sockets = _unchecked.AsSpan(0, _uncheckedCount);
        while (!sockets.IsEmpty)
        {
            int count = Math.Min(sockets.Length, ChecksOfACall);
            CheckForUrgentData(sockets[..count]);
            sockets = sockets[count..];
        }

        Array.Clear(_unchecked, 0, _uncheckedCount);
        _uncheckedCount = 0;
    }

    [SkipLocalsInit]
    private static void CheckForUrgentData(ReadOnlySpan<UringSocket> sockets)
    {
        Span<PollEntry> entries = stackalloc PollEntry[ChecksOfACall];
        for (int i = 0; i < sockets.Length; i++)
        {
            entries[i] = sockets[i].UrgentDataCheck;
        }

        int result = Libc.Poll(entries[..sockets.Length], milliseconds: 0);
        for (int i = 0; i < sockets.Length; i++)
        {
            sockets[i].IsUnchecked = false;
            if (result < 0 || (entries[i].Result & Libc.PollUrgent) != 0)
            {
                sockets[i].OnUrgentData();
            }
        }
    }
}

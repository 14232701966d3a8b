namespace Gyre.Polling;

/// <summary>The requests that are used: <c>enum io_uring_op</c>.</summary>
internal enum UringOpcode : byte
{
    Nop = 0,
    PollAdd = 6,
    Accept = 13,
    AsyncCancel = 14,
    Send = 26,
    Receive = 27,
}

namespace Gyre.Polling;

/// <summary>Flags of requests.</summary>
internal static class UringFlags
{
    // Of any request: UringSubmission.Flags.
    public const byte SelectBuffer = 1 << 5;
    public const byte SkipSuccess = 1 << 6;

    // Of one kind: UringSubmission.OpcodeFlags.
    public const ushort AcceptMultishot = 1 << 0;
    public const ushort ReceiveMultishot = 1 << 1;

    // Of polls: UringSubmission.Length.
    public const uint PollMultishot = 1 << 0;

    // Of cancellations: UringSubmission.CallFlags.
    public const uint CancelAll = 1 << 0;
    public const uint CancelAny = 1 << 2;
}

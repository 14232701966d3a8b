namespace Gyre.Polling.Tests;

public sealed class UringPollerTests() : PollerContract(PollerBackend.IoUring);

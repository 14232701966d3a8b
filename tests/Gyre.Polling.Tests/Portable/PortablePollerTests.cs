namespace Gyre.Polling.Tests;

public sealed class PortablePollerTests() : PollerContract(PollerBackend.Portable);

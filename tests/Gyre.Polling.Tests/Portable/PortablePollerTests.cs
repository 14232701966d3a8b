namespace Gyre.Polling.Tests;

public sealed class PortablePollerTests() : BackendContractTests(PollerBackend.Portable);

namespace Gyre.Polling.Tests;

public sealed class UringPollerTests() : BackendContractTests(PollerBackend.IoUring);

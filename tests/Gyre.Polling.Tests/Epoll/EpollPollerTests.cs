namespace Gyre.Polling.Tests;

public sealed class EpollPollerTests() : BackendContractTests(PollerBackend.Epoll);

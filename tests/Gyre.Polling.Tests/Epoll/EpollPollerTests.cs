namespace Gyre.Polling.Tests;

public sealed class EpollPollerTests() : PollerContract(PollerBackend.Epoll);

namespace Gyre;

/// <summary>The calls of one loop's <see cref="ConnectionStream"/>s that wait.</summary>
/// <remarks>It holds them: a reader is held weakly from below, and the code that awaits such a call is often held
/// by nothing
/// but the call. And it ends them when the loop is closed, because that code may be on other threads.</remarks>
internal sealed class WaitingOperations : IDisposable
{
    private readonly HashSet<ConnectionOperation> _operations = [];

    public static WaitingOperations Of(EventLoop loop) => loop.Attachment(static _ => new WaitingOperations());

    public void Add(ConnectionOperation operation) => _operations.Add(operation);

    public void Remove(ConnectionOperation operation) => _operations.Remove(operation);

    public void Dispose()
    {
        foreach (ConnectionOperation operation in _operations.ToArray())
        {
            operation.FailWait();
        }
    }
}

namespace Gyre;

/// <summary>What <c>Aio.Iterate</c> returns: its enumerators are known to the loop from their first step until they are
/// disposed of.</summary>
internal sealed class TrackedSequence<T>(IAsyncEnumerable<T> source) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(EventLoop.Running, source.GetAsyncEnumerator(cancellationToken));

    private sealed class Enumerator : IAsyncEnumerator<T>
    {
        private readonly EventLoop _loop;
        private readonly IAsyncEnumerator<T> _inner;
        private readonly IteratorRegistry _registry;
        private readonly OpenIterator _open;
        private bool _begun;

        public Enumerator(EventLoop loop, IAsyncEnumerator<T> inner)
        {
            _loop = loop;
            _inner = inner;
            _registry = IteratorRegistry.Of(loop);
            _open = new OpenIterator(_registry, inner);
        }

        ~Enumerator()
        {
            if (_begun && !_open.IsClosing && !_loop.TryPostThreadSafe(_open, _loop, null))
            {
                RuntimeWarnings.Raise(
                    $"async iterator '{_open.Name}' was dropped half-way, and its loop is closed: its finally blocks do not run");
            }
        }

        public T Current => _inner.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            if (!_begun)
            {
                _begun = true;
                _registry.Add(_open);
            }

            // The iterator's own promise, so that awaiting it is awaiting the iterator.
            return _inner.MoveNextAsync();
        }

        public ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            _registry.Remove(_open);
            return _inner.DisposeAsync();
        }
    }
}

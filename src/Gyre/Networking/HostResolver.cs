using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gyre;

/// <summary>Turns host names into addresses, on a few threads of its own.</summary>
/// <remarks>
/// The system's resolver blocks, for half a minute if its servers do not answer. On threads of their own,
/// lookups hold up neither a loop nor other work of the thread pool. Lookups of one name that are under way are
/// shared, by all loops of the process. Everything behind the lock is for any thread.
/// </remarks>
internal sealed class HostResolver(
    Func<string, AddressFamily, IPAddress[]> lookup,
    Func<IPEndPoint, NameInfoFlags, (string Host, string Service)>? names = null,
    Func<AddrInfoQuery, AddrInfo[]>? addresses = null)
{
    private const int ThreadsMax = 8;
    private const int IdleMillisecondsMax = 10_000;

    private static readonly HostResolver s_system = new(Dns.GetHostAddresses);

    private readonly object _lock = new();

    // What is asked for, as a value: a name and a family, an address and flags, or a query.
    private readonly Dictionary<object, Lookup> _underWay = [];
    private readonly Queue<Lookup> _queue = new();
    private int _threads;
    private int _idleThreads;

    /// <summary>The address that a host is written as; null for a name.</summary>
    public static IPAddress[]? Literal(string host, AddressFamily family)
    {
        if (!IPAddress.TryParse(host, out IPAddress? literal))
        {
            return null;
        }

        return family == AddressFamily.Unspecified || family == literal.AddressFamily
            ? [literal]
            : throw NetworkErrors.Create(
                SocketError.HostNotFound, $"'{host}' is no address of the family {family}");
    }

    /// <summary>The addresses of a host, in the system's order of preference. A literal address needs no
    /// thread.</summary>
    /// <remarks>On cancel: lets go at once; a lookup that has begun ends in the background.</remarks>
    public static async Coroutine<IPAddress[]> ResolveAsync(EventLoop loop, string host, AddressFamily family)
    {
        if (Literal(host, family) is { } literal)
        {
            return literal;
        }

        // The system's resolver, unless a test has attached its own before.
        HostResolver resolver = loop.Attachment(static _ => s_system);
        string name = ToAscii(host);
        var request = new Request(loop, $"The host name '{host}' cannot be resolved");
        await resolver.RunAsync((name, family), () => resolver.LookUp(name, family), request);
        return request.Take<IPAddress[]>() is { Length: > 0 } addresses ? addresses : throw request.NotFound();
    }

    /// <summary>The addresses of a host and a service, with everything that can be said about what is wanted.</summary>
    /// <remarks>On cancel: lets go at once; a lookup that has begun ends in the background.</remarks>
    public static async Coroutine<AddrInfo[]> GetAddressesAsync(EventLoop loop, AddrInfoQuery query)
    {
        HostResolver resolver = loop.Attachment(static _ => s_system);
        var asked = query with { Host = query.Host is { } host ? ToAscii(host) : null };
        var request = new Request(loop, $"{query} cannot be resolved");
        await resolver.RunAsync(asked, () => resolver.LookUp(asked), request);

        // The same answer may go to others, who may change their end points.
        return [.. request.Take<AddrInfo[]>().Select(
            info => info with { EndPoint = new IPEndPoint(info.EndPoint.Address, info.EndPoint.Port) })];
    }

    /// <summary>The names of an address and its port. What is numeric needs no thread.</summary>
    /// <remarks>On cancel: lets go at once; a lookup that has begun ends in the background.</remarks>
    public static async Coroutine<(string Host, string Service)> GetNameAsync(
        EventLoop loop, IPEndPoint address, NameInfoFlags flags)
    {
        const NameInfoFlags Numeric = NameInfoFlags.NumericHost | NameInfoFlags.NumericService;
        if ((flags & (Numeric | NameInfoFlags.NameRequired)) == Numeric)
        {
            return NumbersOf(address);
        }

        HostResolver resolver = loop.Attachment(static _ => s_system);

        // A copy: the caller may change his while another thread looks at it.
        var asked = new IPEndPoint(address.Address, address.Port);
        var request = new Request(loop, $"The address {address} has no name");
        await resolver.RunAsync((asked, flags), () => resolver.LookUp(asked, flags), request);
        return request.Take<(string Host, string Service)>();
    }

    /// <summary>The form of a name that servers know: letters beyond ASCII are encoded (RFC 3492).</summary>
    private static string ToAscii(string host)
    {
        try
        {
            return System.Text.Ascii.IsValid(host) ? host : new IdnMapping().GetAscii(host);
        }
        catch (ArgumentException e)
        {
            throw new SocketException((int)SocketError.HostNotFound, $"'{host}' is not a valid host name: {e.Message}");
        }
    }

    private static (string Host, string Service) NumbersOf(IPEndPoint address) =>
        (address.Address.ToString(), address.Port.ToString(CultureInfo.InvariantCulture));

    private IPAddress[] LookUp(string host, AddressFamily family) => lookup(host, family);

    private AddrInfo[] LookUp(AddrInfoQuery query) => (addresses ?? SystemAddresses.Get)(query);

    private (string Host, string Service) LookUp(IPEndPoint address, NameInfoFlags flags) =>
        (names ?? SystemNames.Get)(address, flags);

    private async Coroutine RunAsync(object key, Func<object> work, Request request)
    {
        Enqueue(key, work, request);
        try
        {
            await request.Done;
        }
        finally
        {
            request.Abandon();
        }
    }

    private void Enqueue(object key, Func<object> work, Request request)
    {
        bool startThread = false;
        lock (_lock)
        {
            if (_underWay.TryGetValue(key, out Lookup? shared))
            {
                shared.Requests.Add(request);
                return;
            }

            var added = new Lookup(key, work, request);
            _underWay.Add(key, added);
            _queue.Enqueue(added);
            if (_idleThreads >= _queue.Count)
            {
                Monitor.Pulse(_lock);
            }
            else if (_threads < ThreadsMax)
            {
                _threads++;
                startThread = true;
            }
        }

        if (startThread)
        {
            new Thread(Work) { IsBackground = true, Name = "Gyre resolver" }.UnsafeStart();
        }
    }

    private void Work()
    {
        while (Take(out bool wanted) is { } work)
        {
            object? result = null;
            Exception? error = null;
            if (wanted)
            {
                try
                {
                    result = work.Run();
                }
                catch (Exception e)
                {
                    error = e;
                }

                lock (_lock)
                {
                    _underWay.Remove(work.Key);
                }
            }

            // It is no longer under way, so nobody adds to the list.
            foreach (Request request in work.Requests)
            {
                request.Deliver(result, error);
            }
        }
    }

    /// <summary>Waits for work. Null when there has been none for a while: the thread ends.</summary>
    /// <param name="wanted">False when everybody who asked has been cancelled: then it is no longer under way.</param>
    private Lookup? Take(out bool wanted)
    {
        wanted = false;
        lock (_lock)
        {
            Lookup? work;
            while (!_queue.TryDequeue(out work))
            {
                _idleThreads++;
                bool pulsed = Monitor.Wait(_lock, IdleMillisecondsMax);
                _idleThreads--;
                if (!pulsed && _queue.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }

            wanted = work.Requests.Exists(static request => !request.IsAbandoned);
            if (!wanted)
            {
                _underWay.Remove(work.Key);
            }

            return work;
        }
    }

    /// <summary>One call of the system's resolver, for everybody who asks for the same.</summary>
    private sealed class Lookup(object key, Func<object> run, Request first)
    {
        public object Key => key;

        public Func<object> Run => run;

        /// <summary>Under the resolver's lock, until the lookup is no longer under way.</summary>
        public List<Request> Requests { get; } = [first];
    }

    /// <summary>One coroutine that waits for a lookup.</summary>
    private sealed class Request : WorkItem
    {
        private readonly EventLoop _loop;
        private readonly string _failure;
        private object? _result;
        private Exception? _error;
        private bool _abandoned;

        /// <param name="loop">Whose coroutine it is.</param>
        /// <param name="failure">What an error begins with.</param>
        public Request(EventLoop loop, string failure)
        {
            _loop = loop;
            _failure = failure;
            Done = new WaitFuture(loop);
            loop.ExternalWaits++;
        }

        /// <summary>Loop thread only.</summary>
        public WaitFuture Done { get; }

        /// <summary>Any thread. A hint: whoever sees it late looks up for nothing.</summary>
        public bool IsAbandoned => Volatile.Read(ref _abandoned);

        public void Abandon() => Volatile.Write(ref _abandoned, true);

        /// <summary>Resolver's thread: the outcome travels through the loop's inbox, which orders these
        /// writes.</summary>
        public void Deliver(object? result, Exception? error)
        {
            _result = result;
            _error = error;
            _loop.TryPostThreadSafe(this, null, null);
        }

        public T Take<T>() => _error switch
        {
            null => (T)_result!,
            SocketException e => throw NetworkErrors.Create(e.SocketErrorCode, _failure),
            _ => throw new SocketException((int)SocketError.HostNotFound, $"{_failure}: {_error.Message}"),
        };

        public SocketException NotFound() => NetworkErrors.Create(SocketError.HostNotFound, _failure);

        internal override void Execute(object? first, object? second)
        {
            _loop.ExternalWaits--;
            Done.Release();
        }
    }
}

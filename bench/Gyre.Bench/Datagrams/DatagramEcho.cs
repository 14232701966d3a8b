using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre.Bench;

/// <summary>Sends datagrams back, and says what one of them cost.</summary>
internal static class DatagramEcho
{
    /// <summary>What comes before is not measured: the code is compiled again meanwhile.</summary>
    private const int WarmCount = 100_000;

    private const int BufferSize = 64 * 1024;

    /// <summary>Echoes so many datagrams, and prints the processor time of each.</summary>
    public static void Run(DatagramMode mode, PollerBackend backend, int port, int count)
    {
        var meter = new Meter(WarmCount, count);
        var address = new IPEndPoint(IPAddress.Loopback, port);
        switch (mode)
        {
            case DatagramMode.Protocol:
                Aio.Run(() => Serve(address, meter), new EventLoopOptions { Backend = backend });
                break;
            case DatagramMode.Async:
                ServeAsync(address, meter).GetAwaiter().GetResult();
                break;
            default:
                Serve(address, meter, Bind(address));
                break;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"mode={mode} n={count} cpu_ns={meter.Nanoseconds:F0} wall_ns={meter.WallNanoseconds:F0} "
            + $"bytes={meter.BytesEach:F2}"));
    }

    private static async Coroutine Serve(IPEndPoint address, Meter meter)
    {
        Future<bool> done = EventLoop.Running.CreateFuture<bool>();
        (DatagramTransport transport, _) = await EventLoop.Running.CreateDatagramEndpoint(
            () => new Echo(meter, done), address);
        Announce(transport.LocalEndPoint);
        await done;
        transport.Close();
    }

    private static async Task ServeAsync(IPEndPoint address, Meter meter)
    {
        using Socket socket = Bind(address);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
        var from = new SocketAddress(AddressFamily.InterNetwork);
        do
        {
            int length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from);
            await socket.SendToAsync(buffer.AsMemory(0, length), SocketFlags.None, from);
        }
        while (meter.Count());
    }

    private static void Serve(IPEndPoint address, Meter meter, Socket socket)
    {
        using (socket)
        {
            byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
            var from = new SocketAddress(address.AddressFamily);
            do
            {
                int length = socket.ReceiveFrom(buffer, SocketFlags.None, from);
                socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, from);
            }
            while (meter.Count());
        }
    }

    private static Socket Bind(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(address);
        Announce(socket.LocalEndPoint);
        return socket;
    }

    private static void Announce(EndPoint? address) => Console.WriteLine($"listening {address}");

    private sealed class Echo(Meter meter, Future<bool> done) : DatagramProtocol
    {
        private DatagramTransport? _transport;

        public override void ConnectionMade(DatagramTransport transport) => _transport = transport;

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint from)
        {
            _transport!.SendTo(data, from);
            if (!meter.Count() && !done.IsDone)
            {
                done.SetResult(true);
            }
        }
    }

    /// <summary>Counts datagrams, and measures from one number to another.</summary>
    private sealed class Meter(int warmCount, int count)
    {
        private int _seen;
        private TimeSpan _cpu;
        private long _start;
        private long _bytes;

        public double Nanoseconds { get; private set; }

        public double WallNanoseconds { get; private set; }

        public double BytesEach { get; private set; }

        /// <summary>Counts one. False when it was the last.</summary>
        public bool Count()
        {
            _seen++;
            if (_seen == warmCount)
            {
                _cpu = Environment.CpuUsage.TotalTime;
                _start = TimeProvider.System.GetTimestamp();
                _bytes = GC.GetTotalAllocatedBytes(precise: true);
            }
            else if (_seen == warmCount + count)
            {
                Nanoseconds = (Environment.CpuUsage.TotalTime - _cpu).TotalNanoseconds / count;
                WallNanoseconds = TimeProvider.System.GetElapsedTime(_start).TotalNanoseconds / count;
                BytesEach = (double)(GC.GetTotalAllocatedBytes(precise: true) - _bytes) / count;
            }

            return _seen < warmCount + count;
        }
    }
}

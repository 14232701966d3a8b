using System.Net.Sockets;
using Gyre.Polling;

namespace Gyre;

internal sealed partial class SocketTransport
{
    /// <summary>The memory of one loop that bytes are received into when nobody waits for them. They are copied from
    /// here at once, so that it is hot, and idle connections hold none.</summary>
    private sealed class SharedInput
    {
        // As large as the largest piece of input that is worth one system call. Pages that no input ever reached are
        // never touched.
        private const int Size = 256 * 1024;

        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

        public static SharedInput Of(EventLoop loop) => loop.Attachment(static _ => new SharedInput());
    }

    /// <summary>The sink of a protocol that knows who waits.</summary>
    private sealed class ReadingSink(SocketTransport transport, ReadingProtocol protocol) : IBufferedReceiveSink
    {
        private readonly byte[] _shared = SharedInput.Of(transport.Loop).Bytes;
        private bool _isShared;

        public ReadingProtocol Protocol => protocol;

        public Memory<byte> GetReceiveBuffer(int sizeHint)
        {
            Memory<byte> wanted = protocol.WantedInput;
            _isShared = wanted.IsEmpty;
            return _isShared ? _shared : wanted;
        }

        // The protocol runs no code but tasks, which bring their own context and keep their errors.
        public void OnReceived(int count)
        {
            if (_isShared)
            {
                OnReceived(_shared.AsSpan(0, count));
            }
            else
            {
                protocol.OnWantedInput(count);
            }
        }

        public void OnReceived(ReadOnlySpan<byte> data)
        {
            try
            {
                protocol.OnInput(data);
            }
            catch (Exception e)
            {
                transport.Fail("The protocol's DataReceived threw an exception.", e);
            }
        }

        int IReceiveSink.LoadAhead() => transport.LoadOutput() + protocol.LoadAhead();

        public void OnEndOfInput() => transport.OnEndOfInput();

        public void OnReceiveFailed(SocketError error) => transport.OnReceiveFailed(error);
    }
}

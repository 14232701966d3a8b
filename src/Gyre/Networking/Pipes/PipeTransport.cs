using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gyre.Polling;

namespace Gyre;

/// <summary>What the transports over the two ends of a pipe have in common.</summary>
internal abstract class PipeTransport : SystemTransport
{
    protected PipeTransport(EventLoop loop, PollPipe pipe, Protocol protocol, WaitFuture opened)
        : base(loop, protocol, opened) => PollPipe = pipe;

    public sealed override EndPoint? LocalEndPoint => null;

    public sealed override EndPoint? RemoteEndPoint => null;

    public sealed override Socket? Socket => null;

    public sealed override SafeHandle? Pipe => PollPipe.IsClosed ? null : PollPipe.Handle;

    protected PollPipe PollPipe { get; }

    internal sealed override void WriteFromUpper(ReadOnlySpan<byte> data) =>
        throw new NotSupportedException("A pipe has one direction, and TLS needs both.");

    protected sealed override void Release() => PollPipe.Close();

    /// <summary>The pipe broke: the reason goes to the protocol.</summary>
    protected void Fail(SocketError error) => Lose(Error(error));

    /// <summary>The system's error, as an exception of files: a pipe is no socket.</summary>
    protected static IOException Error(SocketError error) => error == SocketError.Shutdown
        ? new IOException("The pipe is broken: nobody reads from it any more.", new SocketException((int)error))
        : new IOException($"The pipe failed: {NetworkErrors.Describe(error)}", new SocketException((int)error));
}

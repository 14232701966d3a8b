using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gyre.Polling;

/// <summary>What the watches of Linux's backends have in common: a descriptor of somebody else's.</summary>
/// <remarks>
/// The descriptor may be closed, and its number given to another file, without a word. So a watch knows the handle
/// that it was made for; who comes with another handle for the number gets another watch, unless the first handle is
/// still open: then both name one file. The handle is held weakly, unless somebody waits: a socket that its owner has
/// dropped must not stay open because it was watched once.
/// </remarks>
internal abstract partial class DescriptorWatch : BackendWatch
{
    private readonly WeakReference<SafeHandle> _handle;

    // The handle while somebody waits.
    private SafeHandle? _held;

    protected DescriptorWatch(OperationLedger operations, SafeHandle handle)
        : base(operations)
    {
        _handle = new WeakReference<SafeHandle>(handle);
        Descriptor = (int)handle.DangerousGetHandle();
        if (handle is not SafeSocketHandle)
        {
            ThrowIfFile(Descriptor);
        }

        Generation = operations.Descriptors.NextGeneration();
        operations.Descriptors.Claim(Descriptor, this);
    }

    protected int Descriptor { get; }

    /// <summary>No other watch of the poller has the same.</summary>
    protected uint Generation { get; }

    /// <summary>Whether the descriptor's number still means what is watched.</summary>
    protected bool IsOpen => _held is { } held
        ? !held.IsClosed
        : _handle.TryGetTarget(out SafeHandle? handle) && !handle.IsClosed;

    /// <summary>The watch of a descriptor, or null when there is none.</summary>
    /// <exception cref="InvalidOperationException">The descriptor is attached.</exception>
    public static DescriptorWatch? Find(DescriptorTable table, SafeHandle handle)
    {
        int descriptor = (int)handle.DangerousGetHandle();
        object? owner = table.Find(descriptor);
        if (owner is DescriptorWatch watch)
        {
            if (watch.IsOf(handle))
            {
                return watch;
            }

            if (watch.IsOpen)
            {
                watch.OnAlias();
                return watch;
            }

            table.Release(descriptor, watch);
            watch.Forget();
            return null;
        }

        return owner is null
            ? null
            : throw new InvalidOperationException(
                $"The descriptor {descriptor} is used by a transport. Close that first, or use it instead.");
    }

    /// <summary>Makes way for a socket or a pipe of the poller on the same descriptor.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits for the descriptor.</exception>
    public static void MakeWay(DescriptorTable table, SafeHandle handle)
    {
        if (!handle.IsClosed && table.Find((int)handle.DangerousGetHandle()) is DescriptorWatch watch && watch.IsOpen)
        {
            if (watch.IsArmed)
            {
                throw new InvalidOperationException(
                    $"The descriptor {watch.Descriptor} is watched. Remove its reader and its writer first.");
            }

            watch.Detach();
        }
    }

    public static void ThrowIfNotOpen(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (handle.IsClosed)
        {
            throw new ObjectDisposedException(
                handle.GetType().FullName, "The descriptor is closed. Remove its reader and its writer before you close it.");
        }

        if (handle.IsInvalid)
        {
            throw new ArgumentException("The handle holds no descriptor.", nameof(handle));
        }
    }

    /// <summary>The descriptor's number is another file's: nobody hears of the old one any more.</summary>
    public virtual void Forget()
    {
        Input.Stop();
        Output.Stop();
        _held = null;
    }

    public sealed override void Update()
    {
        if (IsArmed)
        {
            if (_held is null)
            {
                _handle.TryGetTarget(out _held);
            }
        }
        else
        {
            _held = null;
        }

        UpdateInterest();
    }

    /// <summary>Brings the kernel into line with the two directions.</summary>
    protected abstract void UpdateInterest();

    /// <summary>The number came in another handle, which may be of another file.</summary>
    protected abstract void OnAlias();

    /// <summary>Ends the watch of a descriptor that is open.</summary>
    protected abstract void Detach();

    private static void ThrowIfFile(int descriptor)
    {
        if (Libc.DescriptorStatus(descriptor, out KernelFileStatus status) >= 0
            && status.Kind is KernelFileStatus.KindRegular or KernelFileStatus.KindFolder)
        {
            throw NotWatchable(descriptor);
        }
    }

    protected static InvalidOperationException NotWatchable(int descriptor) => new(
        $"The descriptor {descriptor} cannot be watched: it is a file that is always ready. Read and write it "
        + "directly, in a thread if that may take long.");

    private bool IsOf(SafeHandle handle) =>
        ReferenceEquals(_held, handle)
        || (_handle.TryGetTarget(out SafeHandle? target) && ReferenceEquals(target, handle));
}

namespace Gyre.Polling;

/// <summary>What a poller does with each descriptor: the attached socket, or the watch. Indexed by the
/// descriptor.</summary>
/// <remarks>A system gives the lowest number that is free, so the table is dense. Numbers are used again: whoever is
/// found here must be asked whether he is still meant.</remarks>
internal sealed class DescriptorTable
{
    private object?[] _owners = new object?[64];
    private uint _generation;

    /// <summary>A number that no other watch of this poller has.</summary>
    // Far from the keys that a poller keeps for itself, which are the largest.
    public uint NextGeneration() => _generation = (_generation + 1) & 0x7fff_ffff;

    public object? Find(int descriptor)
    {
        object?[] owners = _owners;
        return (uint)descriptor < (uint)owners.Length ? owners[descriptor] : null;
    }

    /// <summary>Notes who has the descriptor. A watch that is found there was of a file that is closed.</summary>
    public void Claim(int descriptor, object owner)
    {
        if (descriptor >= _owners.Length)
        {
            Array.Resize(ref _owners, Math.Max(descriptor + 1, _owners.Length * 2));
        }

        (_owners[descriptor] as DescriptorWatch)?.Forget();
        _owners[descriptor] = owner;
    }

    public void Release(int descriptor, object owner)
    {
        if (ReferenceEquals(Find(descriptor), owner))
        {
            _owners[descriptor] = null;
        }
    }
}

using System.Security.Cryptography;

namespace Gyre.Soak;

/// <summary>Random bytes in pieces, and the hash of all that were given out.</summary>
internal sealed class ByteSource : IDisposable
{
    private const int SmallestBlock = 1 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block;
    private int _given;

    /// <param name="largest">The size of the largest piece.</param>
    public ByteSource(int largest)
    {
        _block = new byte[Math.Max(SmallestBlock, largest)];
        Random.Shared.NextBytes(_block);
    }

    public ReadOnlyMemory<byte> Next(int count)
    {
        if (_given + count > _block.Length)
        {
            Account();
        }

        ReadOnlyMemory<byte> piece = _block.AsMemory(_given, count);
        _given += count;
        return piece;
    }

    public string Hash()
    {
        Account();
        return Convert.ToHexString(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    // A block at a time: a call for each single byte would cost more than the bytes' way through the loop.
    private void Account()
    {
        _hash.AppendData(_block, 0, _given);
        _given = 0;
    }
}

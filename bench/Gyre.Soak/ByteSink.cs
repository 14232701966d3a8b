using System.Security.Cryptography;

namespace Gyre.Soak;

/// <summary>The hash of bytes that arrive in pieces.</summary>
internal sealed class ByteSink : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(ReadOnlySpan<byte> data) => _hash.AppendData(data);

    public string Hash() => Convert.ToHexString(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}

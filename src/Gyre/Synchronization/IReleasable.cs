namespace Gyre;

/// <summary>What a <see cref="LoopReleaser"/> gives back.</summary>
internal interface IReleasable
{
    void Release();
}

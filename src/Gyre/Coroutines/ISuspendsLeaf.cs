namespace Gyre;

/// <summary>What an awaiter of this library may refer to: it suspends the task that awaits it.</summary>
internal interface ISuspendsLeaf
{
    /// <summary>Suspends the running task at <paramref name="leaf"/> until this has ended.</summary>
    void Suspend(CoroutineBox leaf);
}

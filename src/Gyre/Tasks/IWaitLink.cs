namespace Gyre;

/// <summary>A callback of a future by which somebody else waits for it.</summary>
/// <remarks>Who waits for whom is not written down anywhere: it is read off the callbacks when somebody asks.</remarks>
internal interface IWaitLink
{
    /// <summary>Adds the futures, nearly always tasks, that wait through this callback.</summary>
    void CollectAwaiters(ICollection<Future> awaiters);
}
